"""Does a cache in front that is purged hold nothing of which it would hear no more?"""

import time

import pytest

from qianhai_site.pagecache.keys import Key
from tests.site.pagecache.standing_in import HOST, Site, asked

LONG, NOT_AT_ALL = "public, max-age=0, s-maxage=600, stale-while-revalidate=60", "public, max-age=0, s-maxage=0"


@pytest.fixture
def site(settings) -> Site:
    settings.PAGE_CACHE_SHARED_SECONDS, settings.PAGE_CACHE_SHARED_STALE_SECONDS = 600, 60
    return Site()


def told(site: Site, *args: str, **headers: str) -> str:
    return site.ask(*args, **headers)[1]["cache-control"]


def test_it_may_keep_what_memory_keeps(site):
    assert [told(site, "/") for _ in range(2)] == [LONG, LONG]
    assert told(site, "/", HTTP_IF_NONE_MATCH="*") == LONG


def test_it_keeps_nothing_that_is_shown_for_a_moment_after_its_change(site):
    """Such as it fetches right after it was purged."""
    site.ask("/")
    site.store.drop(frozenset({"page:1"}), stale_until=time.monotonic() + 60)
    site.pages.while_rendering = lambda: time.sleep(0.2)
    assert told(site, "/", HTTP_IF_NONE_MATCH="*") == NOT_AT_ALL
    _status, headers, body = site.cache.answer_at_once(asked("/"))
    assert (dict(headers)["Cache-Control"], body) == (NOT_AT_ALL, [b"rendering 1"])


def test_it_keeps_nothing_that_changed_while_it_was_rendered(site):
    site.pages.while_rendering = lambda: site.store.drop(frozenset({"page:1"}), stale_until=0.0)
    assert told(site, "/") == NOT_AT_ALL
    site.pages.while_rendering = lambda: None
    assert told(site, "/") == LONG


def test_it_keeps_nothing_while_no_change_is_heard(site):
    site.store.certain_until = 0.0
    assert told(site, "/") == NOT_AT_ALL


def test_it_keeps_a_page_under_no_address_but_that_which_is_purged(site):
    for _ in range(2):
        assert told(site, "/", "utm_source=mail") == NOT_AT_ALL
        assert told(site, "/", "q=port&fbclid=1") == NOT_AT_ALL
        assert told(site, "/", "q=port") == LONG
    assert told(site, "/", "utm_source=mail", HTTP_IF_NONE_MATCH="*") == NOT_AT_ALL
    assert told(site, "/") == LONG
    assert site.pages.renders == 2


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize(
    "path", ["/?foo=1", "/search/?q=a&foo=1", "/feeds/all.rss?foo=1", "/robots.txt", "/none/", "/-"]
)
def test_it_keeps_nothing_of_what_says_nothing(client, method, path):
    """An address that is not there may be the next moment, and nobody would say so."""
    assert getattr(client, method)(path).headers["Cache-Control"] == "max-age=0, s-maxage=0"


@pytest.mark.django_db
@pytest.mark.parametrize("person", [{"Cookie": "sessionid=1"}, {"Authorization": "Basic eDp5"}], ids=str)
def test_it_is_told_of_nothing_that_somebody_is_shown(client, person):
    """To a password, a word about shared caches would let them keep the answer."""
    assert client.get("/latest/", headers=person).headers["Cache-Control"] == "private, max-age=0"
    assert "private" in client.get("/admin/login/").headers["Cache-Control"]


def test_what_it_keeps_for_a_second_it_keeps_under_every_address(settings):
    settings.PAGE_CACHE_SHARED_SECONDS = 1
    assert told(Site(), "/", "utm_source=mail") == "public, max-age=0, s-maxage=1"


@pytest.mark.parametrize(
    ("path", "sent"), [("/文章/", "/%E6%96%87%E7%AB%A0/"), ("/a b%/", "/a%20b%25/"), ("/ä?#/", "/%C3%A4%3F%23/")]
)
def test_addresses_are_purged_as_readers_send_them(path, sent):
    """The client that purges sends nothing but ASCII; one that it cannot send would keep the others of its bundle."""
    key = Key(HOST, True, path.encode().decode("latin-1"), "q=%E6")
    assert key.url == f"https://{HOST}{sent}?q=%E6"
