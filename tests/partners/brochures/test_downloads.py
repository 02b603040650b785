"""partners/brochures/downloads.py: openings counted, people's and robots' apart."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from partners.brochures.downloads import BrochureDownload, Who, who_asks
from partners.delivery.message import OutgoingMessage
from tests.partners.brochures.conftest import BROWSER, age, expire, fetch, path

pytestmark = pytest.mark.django_db


def counts(link):
    found = dict.fromkeys(Who.values, 0)
    for row in link.downloads.all():
        found[row.who] += row.count
    return found


def earlier(**ago):
    """Put what was counted back by so much."""
    for row in BrochureDownload.objects.all():
        BrochureDownload.objects.filter(pk=row.pk).update(
            first_at=row.first_at - timedelta(**ago), last_at=row.last_at - timedelta(**ago)
        )


def test_people_and_heads_are_counted_apart(client, link):
    for _ in range(3):
        fetch(client, path(link))
        client.head(path(link), headers=BROWSER)
        client.head(path(link), headers=BROWSER)
    assert counts(link) == {"person": 3, "robot": 6}
    assert link.downloads.count() == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Purpose": "preview"},
        {"X-Moz": "prefetch"},
        {"User-Agent": ""},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/142.0 Safari/537.36"},
        {"User-Agent": "Barracuda Sentinel (EE)"},
        {"User-Agent": "curl/8.10"},
        {"User-Agent": "WhatsApp/2.23"},
        {"Accept-Language": None},
    ],
)
def test_what_says_that_it_is_a_robot(client, link, headers):
    asked = {name: value for name, value in {**BROWSER, **headers}.items() if value is not None}
    response = client.get(path(link), headers=asked)
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    assert counts(link) == {"person": 0, "robot": 1}


@pytest.mark.parametrize(
    "program",
    [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile MicroMessenger/8.0 NetType/WIFI",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Teams/1.7 Electron/30.0 Safari/537.36",
    ],
)
def test_people_are_not_robots(client, link, program):
    fetch(client, path(link), **{"User-Agent": program})
    assert counts(link) == {"person": 1, "robot": 0}


def test_nobody_has_read_a_letter_in_the_moment_it_was_taken(client, link):
    age(link, days=0)
    fetch(client, path(link))
    assert counts(link) == {"person": 0, "robot": 1}
    OutgoingMessage.objects.update(sent_at=timezone.now() - timedelta(seconds=6))
    fetch(client, path(link))
    assert counts(link) == {"person": 1, "robot": 1}


def test_a_reading_in_parts_counts_once(client, link, content):
    """As Safari does: two bytes, then all of it; as Chrome does: all of it, then parts from the middle."""
    for header in ("bytes=0-1", "bytes=0-", "bytes=500-", "bytes=100-200"):
        fetch(client, path(link), Range=header)
    assert counts(link) == {"person": 1, "robot": 0}
    earlier(hours=1)
    fetch(client, path(link))
    for start in range(1, len(content), 200):
        fetch(client, path(link), Range=f"bytes={start}-{start + 199}")
    assert counts(link) == {"person": 2, "robot": 0}
    earlier(hours=1)
    fetch(client, path(link), Range="bytes=0-")
    assert counts(link) == {"person": 3, "robot": 0}


def test_what_got_no_file_counts_nothing(client, link):
    fetch(client, path(link), **{"If-None-Match": f'"{link.brochure_file.sha256}"'})
    expire(link)
    fetch(client, path(link))
    assert counts(link) == {"person": 0, "robot": 0}


def test_days_are_apart_and_keep_their_first_and_last_time(client, link):
    fetch(client, path(link))
    day = link.downloads.get().day
    BrochureDownload.objects.update(day=day - timedelta(days=1))
    earlier(days=1)
    fetch(client, path(link))
    earlier(minutes=5)
    fetch(client, path(link))
    yesterday, today = link.downloads.all()
    assert (yesterday.count, today.count) == (1, 2)
    assert today.day - yesterday.day == timedelta(days=1)
    assert today.last_at - today.first_at >= timedelta(minutes=5)


def test_nothing_of_who_it_was_is_kept():
    names = {field.name for field in BrochureDownload._meta.get_fields()}
    assert names == {"id", "link", "day", "who", "count", "first_at", "last_at"}


def test_a_count_that_fails_keeps_no_file_from_its_reader(client, link, content, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr("partners.brochures.downloads._add", fail)
    assert fetch(client, path(link)).body == content
    assert "was not counted (DatabaseError)" in caplog.text
    assert counts(link) == {"person": 0, "robot": 0}


def test_who_asks_is_a_person_by_default(rf, link):
    assert who_asks(rf.get("/", headers=BROWSER), link) == Who.PERSON
