"""Several processes keep pages in memory while the database changes under them: nobody sees what was a second later."""

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from wagtail.models import Locale, Page

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_campaign import Ending, PartnerCampaign
from partners.brochures.request_page import BrochureRequestPage
from qianhai_site.pagecache.watching import watch
from tests.faults.page_answers import A_PERSON, EVERYBODY, addresses, ask, compare, everybody_asks, truth
from tests.faults.page_changes import change_at_random
from tests.faults.site import LONG, running_site
from tests.faults.site import Site as Processes
from tests.faults.waiting import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(3600 if LONG else 400)]

# As many as the promise is made for.
WORKERS = 4
# The promise, in seconds after the commit.
PROMISE = 1.0
ROUNDS = 200 if LONG else 4
# What names articles or partners, whichever changes.
ALWAYS = ("/", "/latest/", "/latest/?kind=paid", "/partners/", "/search/", "/search/?q=port", "/feeds/all.rss")
LISTENERS = (
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'qianhai pagecache' AND datname = current_database()"
)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Processes]:
    """Give the demo, served by several processes with their caches on; Django's own connection is to its database."""
    with django_db_blocker.unblock():
        ours = connection.settings_dict["NAME"]
        folder: Path = tmp_path_factory.mktemp("demo")
        with running_site(folder, "web", demo=True, web_workers=WORKERS, PAGE_CACHE="true") as site:
            connection.close()
            connection.settings_dict["NAME"] = site.database
            cache.clear()
            try:
                yield site
            finally:
                connection.close()
                connection.settings_dict["NAME"] = ours
                cache.clear()


@pytest.fixture(autouse=True)
def _on_the_demo(demo: Processes, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        wait_until(lambda: len(demo.rows(LISTENERS)) >= 1, 20, "somebody listens")
        yield


def test_every_page_of_the_demo_is_the_same_from_memory(demo):
    forms = {page.url for page in BrochureRequestPage.objects.live()}
    found = addresses(demo)
    # A form has another key for each visitor.
    paths = [path for path in found if path not in forms]
    assert len(paths) > 60
    assert compare(demo, paths) == []
    # And it is memory that answers: everything but the forms says how it may be kept.
    answers = {path: ask(demo, path) for path in found}
    kept = {
        path for path, (_status, headers, _body) in answers.items() if "s-maxage=1" in headers.get("cache-control", "")
    }
    assert {path for path in paths if answers[path][0] == 200} == kept


@pytest.fixture
def parts_alone(demo: Processes) -> Iterator[Processes]:
    """Give the demo with processes that keep parts of pages and no whole ones, and so use them for every answer."""

    def start_with(keeps_pages: str) -> None:
        demo.stop("web")
        demo.environment["PAGE_CACHE"] = keeps_pages
        demo.start("web")
        wait_until(lambda: bool(demo.rows(LISTENERS)), 20, "somebody listens")

    demo.environment["PAGE_PARTS"] = "true"
    start_with("false")
    yield demo
    start_with("true")


def agree_after_changes(demo: Processes, seed: int) -> None:
    """Change this and that; a second later everybody must be shown what a person is, for whom nothing is kept."""
    dice = random.Random(seed)
    forms = {page.url for page in BrochureRequestPage.objects.live()}
    paths = [path for path in addresses(demo) if path not in forms]
    done = []
    for _ in range(ROUNDS):
        compare(demo, dice.sample(paths, 8))  # some are in memory, in some of the processes
        done.append(change_at_random(dice))
        committed = time.monotonic()
        articles = [page.url for page in PartnerArticlePage.objects.live()]
        paths = sorted({*paths, *articles})
        # The newest are on the home page; and that, with the lists, is what a reader looks at first.
        chosen = [*dice.sample(paths, 12), *dice.sample(articles, 4), *ALWAYS]
        time.sleep(max(committed + PROMISE - time.monotonic(), 0))  # the promise is about this moment
        assert compare(demo, chosen) == [], done


def test_after_any_change_memory_and_django_agree_within_a_second(demo):
    agree_after_changes(demo, 20261124)


def test_pages_made_of_parts_agree_as_well(parts_alone):
    agree_after_changes(parts_alone, 20261128)
    article = PartnerArticlePage.objects.live().first()
    # It is made each time.
    assert "s-maxage=1" not in ask(parts_alone, article.url)[1].get("cache-control", "")


def test_what_is_published_shows_everywhere_within_a_second(demo):
    article = PartnerArticlePage.objects.live().filter(locale=Locale.objects.get(language_code="en")).newest_first()[0]
    shown_on = [article.url, "/", "/latest/", article.get_parent().url, "/feeds/all.rss", "/search/?q=zzkangaroo"]
    for path in shown_on:
        everybody_asks(demo, path)
    article.title = "Zzkangaroo hops"
    article.save_revision().publish()
    committed = time.monotonic()
    # The search's own index is the worker's; what follows it is tested by the change of its table.
    for path in shown_on[:-1]:
        left = committed + PROMISE - time.monotonic()
        wait_until(
            lambda path=path: all(b"Zzkangaroo" in body for _status, body in everybody_asks(demo, path)),
            max(left, 0.05),
            f"{path} is fresh",
        )
    assert "zzkangaroo" not in truth(demo, "/feeds/all.rss")[1].decode()


def everybody_sees_a_second_later(site: Processes, path: str) -> set[int]:
    """Return the statuses that everybody gets, a second after the database has something else than a page."""
    wait_until(lambda: truth(site, path)[0] != 200, 10, f"{path} is gone")
    time.sleep(PROMISE)
    return {status for status, _body in everybody_asks(site, path)}


def test_an_unpublished_page_is_gone_for_everybody(demo):
    article = PartnerArticlePage.objects.live().first()
    path = article.url
    assert {status for status, _body in everybody_asks(demo, path)} == {200}
    article.unpublish()
    assert everybody_sees_a_second_later(demo, path) == {404}
    article.save_revision().publish()


def test_whoever_hears_nothing_answers_nothing_from_memory(demo):
    """The listening connections are ended again and again, while the page changes: no answer is older than a second."""
    article = PartnerArticlePage.objects.live().first()
    path = article.url
    PartnerArticlePage.objects.filter(pk=article.pk).update(standfirst="word0")
    wait_until(lambda: all(b"word0" in body for _, body in everybody_asks(demo, path)), 10, "everybody sees the first")
    # What was there before all others may be seen for a second, too.
    written = [(time.monotonic() - PROMISE, "word0")]
    end = time.monotonic() + 4
    while time.monotonic() < end:
        demo.rows(f"SELECT pg_terminate_backend(pid) FROM ({LISTENERS}) AS listener")
        word = f"word{len(written)}"
        PartnerArticlePage.objects.filter(pk=article.pk).update(standfirst=word)
        written.append((time.monotonic(), word))
        asked = time.monotonic()
        bodies = {body for _status, body in everybody_asks(demo, path)}
        allowed = {word for at, word in written if at > asked - PROMISE} | {written[-1][1]}
        recent = [word for at, word in written if at <= asked - PROMISE][-1:]
        assert all(any(word.encode() in body for word in {*allowed, *recent}) for body in bodies)
    wait_until(lambda: len(demo.rows(LISTENERS)) == len(demo.web_processes()), 10, "everybody listens again")
    assert len(written) > 4


def test_a_persons_page_never_comes_from_memory(demo):
    path = BrochureRequestPage.objects.live().first().url
    bodies = [body for _status, body in everybody_asks(demo, path)]
    # Each visitor's form has a key of its own.
    assert len(set(bodies)) == EVERYBODY
    article = PartnerArticlePage.objects.live().first().url
    everybody_asks(demo, article)
    assert "s-maxage=1" not in ask(demo, article, **A_PERSON)[1].get("cache-control", "")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Port": "444", "X-Forwarded-For": "6.6.6.6"},
        {"X-Original-URL": "/evil", "X-Rewrite-URL": "/evil", "X-HTTP-Method-Override": "POST"},
        {"Accept-Language": "zh-hant", "Accept": "text/evil", "User-Agent": "evil", "Referer": "http://evil.example/"},
        {"Cookie": "django_language=zh-hant; csrftoken=evil"},
        {"Accept-Encoding": "evil, gzip;q=0"},
        {"Range": "bytes=0-10", "If-None-Match": '"evil"', "If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"},
    ],
    ids=lambda headers: "+".join(headers),
)
def test_nobody_poisons_what_others_get(demo, headers):
    # Whoever brings these headers is the first to ask for this.
    path = f"/search/?q=first-{sorted(headers)[0]}".lower()
    for more in ("", "&utm_source=evil", "&evil=1"):
        for _ in range(WORKERS):
            ask(demo, path + more, **headers)
    assert set(everybody_asks(demo, path)) == {truth(demo, path)}


def test_another_query_is_another_page(demo):
    first, second = ask(demo, "/latest/")[2], ask(demo, "/latest/?page=2")[2]
    assert first != second
    assert ask(demo, "/latest/?utm_source=mail&fbclid=1")[2] == first
    assert ask(demo, "/latest/?utm_source=mail&page=2")[2] == second
    assert "s-maxage=1" not in ask(demo, "/latest/?made=up")[1].get("cache-control", "")


def test_triggers_are_made_again_without_harm(demo):
    watch()
    count = "SELECT count(*) FROM pg_trigger WHERE starts_with(tgname, 'pagecache_')"
    before = demo.rows(count)
    watch()
    assert demo.rows(count) == before


def test_a_page_that_expires_by_schedule_goes_when_the_job_takes_it(demo):
    article = PartnerArticlePage.objects.live().last()
    path = article.url
    everybody_asks(demo, path)
    Page.objects.filter(pk=article.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    demo.run("publish_scheduled")
    assert everybody_sees_a_second_later(demo, path) == {404}


def test_a_campaign_ends_by_the_clock_for_everybody(demo):
    """Nobody says anything when it ends: no row changes."""
    article = PartnerArticlePage.objects.live().filter(partner_campaign=None).first()
    now = timezone.now()
    campaign = PartnerCampaign.objects.create(
        name="Short", ending=Ending.GONE, starts_at=now - timedelta(days=1), ends_at=now + timedelta(seconds=4)
    )
    PartnerArticlePage.objects.filter(pk=article.pk).update(partner_campaign=campaign)
    path = article.url
    time.sleep(PROMISE)
    assert {status for status, _body in everybody_asks(demo, path)} == {200}
    assert everybody_sees_a_second_later(demo, path) == {410}
    campaign.ends_at = now + timedelta(days=1)
    campaign.save()
    time.sleep(PROMISE)
    assert {status for status, _body in everybody_asks(demo, path)} == {200}
