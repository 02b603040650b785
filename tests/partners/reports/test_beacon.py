"""Readers' beacons are counted, each once; robots', editors' and strangers' are not; nothing is known of anybody."""

import threading
from copy import deepcopy

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from partners.articles import reads
from partners.articles.reads import ArticleReads
from partners.reports import beacon
from partners.reports.beacon import HourlyLimit
from tests import builders
from tests.at_once import at_once

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
HEADERS = {"user-agent": BROWSER, "accept-language": "en", "origin": "http://testserver"}


@pytest.fixture(autouse=True)
def _nobody_came_yet(monkeypatch):
    monkeypatch.setattr(beacon, "_limit", HourlyLimit())


@pytest.fixture(scope="module")
def kept_article(rows_kept):
    return builders.article()


@pytest.fixture
def article(db, kept_article):
    return deepcopy(kept_article)


def send(article, name="article_read", client=None, address="203.0.113.7", **headers):
    asked = {**HEADERS, **headers}
    return (client or Client(enforce_csrf_checks=True)).post(
        reverse(name, args=[article.pk]),
        headers={key: value for key, value in asked.items() if value is not None},
        REMOTE_ADDR=address,
    )


def counted(article):
    rows = ArticleReads.objects.filter(article=article.pk)
    return (sum(row.reads for row in rows), sum(row.openings for row in rows))


def test_a_read_and_an_opening_are_counted_in_one_row_and_one_query(article, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = send(article)
    send(article, "form_opened")
    assert (answer.status_code, answer.content, answer.cookies) == (204, b"", {})
    assert "no-store" in answer.headers["Cache-Control"]
    [row] = ArticleReads.objects.all()
    assert (row.reads, row.openings, row.language, row.day) == (1, 1, "en", timezone.localdate())
    assert (row.article_title, row.partner) == (article.title, article.get_parent().pk)


def test_no_column_holds_anything_of_the_reader():
    assert {field.name for field in ArticleReads._meta.fields} == {
        *("id", "article", "language", "day", "article_title", "partner", "reads", "openings")
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": None},
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/145.0.0.0 Safari/537.36"},
        {"user-agent": "curl/8.11"},
        {"user-agent": "facebookexternalhit/1.1"},
        {"accept-language": None},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "://"},
        {"sec-fetch-site": "cross-site"},
    ],
    ids=str,
)
def test_robots_and_other_sites_are_answered_and_not_counted(article, headers):
    assert send(article, **headers).status_code == 204
    assert counted(article) == (0, 0)


def test_whoever_is_logged_in_is_not_counted(article, admin_client):
    assert send(article, client=admin_client).status_code == 204
    assert counted(article) == (0, 0)


def test_a_preview_sends_nothing_and_the_published_page_is_the_same_for_everybody(article, client, admin_client):
    preview = article.make_preview_request().content.decode()
    assert "data-reads" not in preview
    first, second = (client.get(article.url) for _ in range(2))
    assert f'data-reads="{reverse("article_read", args=[article.pk])}"' in first.content.decode()
    send(article)
    assert first.content == second.content == client.get(article.url).content
    assert client.get(article.url).cookies == {}


def test_what_is_not_published_or_no_article_or_gone_is_not_counted(article):
    draft, gone = builders.article(live=False), builders.article()
    send(gone)
    gone_id = gone.pk
    Page.objects.get(pk=gone_id).delete()
    for page in (draft, gone, article.get_parent()):
        page.pk = page.pk or gone_id
        assert send(page).status_code == 204
    # What was counted before stays.
    assert list(ArticleReads.objects.values_list("article", "reads")) == [(gone_id, 1)]


def test_only_a_post_without_a_body_is_taken(article, client):
    assert client.get(reverse("article_read", args=[article.pk])).status_code == 405
    answer = client.post(
        reverse("article_read", args=[article.pk]), b"x" * 65, content_type="text/plain", headers=HEADERS
    )
    assert answer.status_code == 413
    assert counted(article) == (0, 0)


@pytest.mark.parametrize("length", ["9999999999999999999999", "-1", "many", "²", "65"])
def test_a_strange_length_is_an_answer_and_no_error(article, client, length):
    answer = client.generic("POST", reverse("article_read", args=[article.pk]), headers=HEADERS, CONTENT_LENGTH=length)
    assert answer.status_code == 413


@pytest.mark.parametrize("number", ["0", "99999999999999999999999", "9" * 5000])
def test_a_strange_number_is_an_answer_and_no_error(client, db, number):
    assert client.post(f"/reads/{number}/", headers=HEADERS).status_code in {204, 404}
    assert not ArticleReads.objects.exists()


def test_a_network_asks_so_much_an_hour_of_the_database_whatever_it_asks_for(
    article, settings, django_assert_num_queries
):
    settings.READS_NETWORK_ALL_PER_HOUR = 4
    with django_assert_num_queries(4):
        for number in range(1_000_000, 1_000_009):
            article.pk = number
            assert send(article).status_code == 204


def test_a_network_is_counted_so_often_an_hour_for_each_article(article, settings):
    settings.READS_NETWORK_PER_HOUR = 3
    other = builders.article()
    for _ in range(5):
        send(article)
    send(article, address="203.0.113.99")  # the same network
    send(article, address="198.51.100.1")
    send(other)
    send(article, "form_opened")
    assert counted(article) == (4, 1)
    assert counted(other) == (1, 0)


def test_the_limit_forgets_with_the_hour_and_stays_small(monkeypatch):
    now = [7200.0]
    monkeypatch.setattr(beacon, "monotonic", lambda: now[0])
    limit = HourlyLimit(subjects=3)
    assert [limit.take("network", 2) for _ in range(3)] == [True, True, False]
    assert b"network" not in b"".join(limit._counts)
    now[0] += 3600
    assert limit.take("network", 2)
    for number in range(10):
        limit.take(f"network {number}", 2)
        assert len(limit._counts) <= 3


def test_a_database_that_is_away_costs_the_count_and_nothing_else(article, monkeypatch, caplog):
    def away(*_):
        raise OperationalError("gone")

    monkeypatch.setattr(beacon, "count", away)
    assert send(article).status_code == 204
    assert "was not counted" in caplog.text
    assert "203.0.113" not in caplog.text


@pytest.fixture
def committed_article(committed):
    article = builders.article()
    yield article
    Page.objects.get(pk=article.get_parent().pk).delete()
    ArticleReads.objects.all().delete()


def test_fifty_beacons_at_the_same_moment_are_fifty_reads(committed_article):
    answers = at_once(50, lambda _: send(committed_article, address=f"203.0.{_}.7").status_code)
    assert set(answers) == {204}
    assert ArticleReads.objects.get().reads == 50


def test_a_commit_of_a_count_waits_for_no_disk(committed_article):
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        before = cursor.fetchone()
    reads.count(committed_article.pk, reads.Happening.READ)
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == before


def test_deleting_an_article_under_fire_succeeds(committed_article):
    """No reader's beacon keeps an editor from deleting, and none is left with an error."""
    doomed = builders.article(committed_article.get_parent().specific)
    stop = threading.Event()

    def act(index):
        if index == 0:
            Page.objects.get(pk=doomed.pk).delete()
            stop.set()
            return None
        statuses = {204}
        while not stop.is_set():
            statuses.add(send(doomed, address=f"203.0.{index}.7").status_code)
        return statuses

    assert [outcome for outcome in at_once(6, act) if outcome != {204}] == [None]
    assert not Page.objects.filter(pk=doomed.pk).exists()
