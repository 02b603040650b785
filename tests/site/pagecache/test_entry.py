"""Does everybody get a body that he can read, and nobody one that he has?"""

import gzip
import time
from types import SimpleNamespace

import brotli
import pytest
from django.utils.http import http_date

from qianhai_site.pagecache import door, store
from tests.site.pagecache.standing_in import Site

BODY = ("<p>Partner content</p>" * 400).encode()


@pytest.fixture
def site() -> Site:
    site = Site()
    site.pages.body = BODY
    site.pages.headers = [("Content-Type", "text/html"), ("Vary", "Accept-Language"), ("Cache-Control", "public")]
    return site


def test_the_bodies_say_the_same(site):
    status, headers, body = site.ask("/")
    assert (status, body) == ("200 OK", BODY)
    assert "content-encoding" not in headers
    for accepted, name, unpack in (("gzip", "gzip", gzip.decompress), ("br", "br", brotli.decompress)):
        _status, own, packed = site.ask("/", HTTP_ACCEPT_ENCODING=accepted)
        assert unpack(packed) == BODY
        assert (own["content-encoding"], own["content-length"]) == (name, str(len(packed)))
        assert own["etag"] == headers["etag"]
        assert own["vary"] == "Accept-Encoding"


def test_caches_are_told_how_long(site):
    assert site.ask("/")[1]["cache-control"] == "public, max-age=0, s-maxage=1"


def test_shared_caches_are_told_longer_where_they_are_purged(settings):
    settings.PAGE_CACHE_SHARED_SECONDS, settings.PAGE_CACHE_SHARED_STALE_SECONDS = 600, 60
    told = Site().ask("/")[1]["cache-control"]
    assert told == "public, max-age=0, s-maxage=600, stale-while-revalidate=60"


def test_a_page_with_other_headers_is_another_one(site):
    """A browser takes the headers that it has for those of today: a content policy of another release."""
    tag = site.ask("/")[1]["etag"]
    assert site.ask("/other")[1]["etag"] == tag
    site.pages.headers = [*site.pages.headers, ("Content-Security-Policy", "default-src 'none'")]
    site.store.clear()
    assert site.ask("/")[1]["etag"] != tag
    assert site.ask("/", HTTP_IF_NONE_MATCH=tag)[0] == "200 OK"


def test_whoever_has_it_is_told_so(site):
    etag = site.ask("/")[1]["etag"]
    for tags in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        status, headers, body = site.ask("/", HTTP_IF_NONE_MATCH=tags)
        assert (status, body, headers["etag"]) == ("304 Not Modified", b"", etag)
        assert "content-length" not in headers
    assert site.ask("/", HTTP_IF_NONE_MATCH='"other"', HTTP_IF_MODIFIED_SINCE=http_date())[0] == "200 OK"


def test_a_date_proves_it_only_where_nothing_changed_about_then(site):
    date = site.ask("/")[1]["last-modified"]
    # The store has never lost or heard anything.
    assert site.ask("/", HTTP_IF_MODIFIED_SINCE=date)[0] == "304 Not Modified"
    assert site.ask("/", HTTP_IF_MODIFIED_SINCE=http_date(time.time() - 9))[0] == "200 OK"
    # Of another machine, whose clock is ahead: who knows what it had shown by then.
    assert site.ask("/", HTTP_IF_MODIFIED_SINCE=http_date(time.time() + 9))[0] == "200 OK"
    site.store.drop(frozenset({"page:1"}), stale_until=0.0)
    changed = site.ask("/")[1]
    # Nor is it told, or a cache in front, which compares dates by itself, would take it for proof.
    assert "last-modified" not in changed
    assert "etag" in changed
    assert site.ask("/", HTTP_IF_MODIFIED_SINCE=http_date())[0] == "200 OK"


def test_the_date_of_what_changed_while_it_was_made_is_when_that_began(site, monkeypatch):
    """It took three seconds; what is made anew in the last of them is not what goes out then."""
    now = [1_700_000_000.0]
    clock = SimpleNamespace(time=lambda: now[0], monotonic=time.monotonic)
    monkeypatch.setattr(door, "time", clock)
    monkeypatch.setattr(store, "time", clock)

    def change() -> None:
        site.pages.while_rendering = lambda: None
        site.store.drop(frozenset({"page:1"}), stale_until=0.0)
        now[0] += 3

    site.pages.while_rendering = change
    date = site.ask("/")[1]["last-modified"]
    site.pages.body = b"changed"
    assert site.ask("/", HTTP_IF_MODIFIED_SINCE=date)[::2] == ("200 OK", b"changed")
