"""Is a page rendered once, shown to everybody until something of it changes, and never after?"""

import threading
import time

import pytest
from django.test import override_settings

from qianhai_site.pagecache.door import cached
from tests.faults.waiting import wait_until
from tests.site.pagecache.standing_in import Pages, Site, asked, at_once


@pytest.fixture
def site() -> Site:
    return Site()


def test_a_page_is_rendered_once(site):
    assert {site.body("/") for _ in range(3)} == {b"rendering 1"}


def test_a_thousand_first_requests_are_one_rendering(site):
    site.pages.while_rendering = lambda: time.sleep(0.2)
    assert set(at_once(1000, lambda: site.body("/"))) == {b"rendering 1"}
    assert site.pages.renders == 1


def test_first_requests_are_one_rendering_though_nothing_may_be_kept(site):
    """Those who come while it is made see nothing older than its beginning."""
    site.store.certain_until = 0.0
    site.pages.while_rendering = lambda: time.sleep(0.2)
    assert set(at_once(20, lambda: site.body("/"))) == {b"rendering 1"}
    assert site.body("/") == b"rendering 2"


def test_what_depends_on_a_change_is_rendered_anew_and_nothing_else(site):
    site.body("/one")
    site.pages.tags = {"page:2"}
    site.body("/two")
    site.store.drop(frozenset({"page:1"}), stale_until=0.0)
    assert (site.body("/two"), site.body("/one")) == (b"rendering 2", b"rendering 3")


def test_a_page_that_changes_while_it_is_rendered_is_not_kept(site):
    site.pages.while_rendering = lambda: site.store.drop(frozenset({"page:1"}), stale_until=0.0)
    assert (site.body("/"), site.body("/")) == (b"rendering 1", b"rendering 2")
    site.pages.while_rendering = lambda: site.store.drop(frozenset({"page:2"}), stale_until=0.0)
    assert (site.body("/"), site.body("/")) == (b"rendering 3", b"rendering 3")


def held_up(site) -> tuple[threading.Event, threading.Event]:
    """Let renderings wait; return what tells that one has begun, and what lets it end."""
    begun, may_end = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        may_end.wait(10)

    site.pages.while_rendering = wait
    return begun, may_end


def test_what_was_is_shown_while_it_is_rendered_behind_and_only_so_long(site):
    site.body("/")
    site.store.drop(frozenset({"page:1"}), stale_until=time.monotonic() + 60)
    begun, may_end = held_up(site)
    # Nobody waits, not even the first who asks.
    assert site.body("/") == b"rendering 1"
    assert begun.wait(10)
    assert site.body("/") == b"rendering 1"
    site.store.get(site.cache._key_of(asked("/"))).stale_until = time.monotonic()
    others: list[bytes] = []
    threads = [threading.Thread(target=lambda: others.append(site.body("/"))) for _ in range(5)]
    for thread in threads:
        thread.start()
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert others == [b"rendering 2"] * 5


def test_a_second_page_is_not_kept_waiting_behind_the_first(site):
    site.body("/one")
    site.body("/two")
    site.store.drop(frozenset({"page:1"}), stale_until=time.monotonic() + 60)
    begun, may_end = held_up(site)
    assert site.body("/one") == b"rendering 1"
    assert begun.wait(10)
    site.pages.while_rendering = lambda: None
    assert site.body("/two") == b"rendering 4"
    may_end.set()


def test_a_failure_behind_is_tried_again_by_the_next(site, caplog):
    site.body("/")
    site.store.drop(frozenset({"page:1"}), stale_until=time.monotonic() + 60)
    done = threading.Event()

    def fail() -> None:
        done.set()
        raise RuntimeError

    site.pages.while_rendering = fail
    assert site.body("/") == b"rendering 1"
    assert done.wait(10)
    site.pages.while_rendering = lambda: None
    wait_until(lambda: site.body("/") == b"rendering 3", 5, "rendered")
    wait_until(lambda: "could not be rendered anew" in caplog.text, 5, "said")


def test_whoever_is_not_certain_renders(site):
    site.body("/")
    site.store.certain_until = time.monotonic()
    assert [site.body("/"), site.body("/")] == [b"rendering 2", b"rendering 3"]
    site.hear()
    # What was kept had not changed: every announcement has been heard by now.
    assert site.body("/") == b"rendering 1"


def test_everything_is_forgotten_when_the_connection_is_lost(site):
    site.body("/")
    site.store.clear()
    assert site.body("/") == b"rendering 2"
    site.pages.while_rendering = site.store.clear
    site.body("/other")
    site.pages.while_rendering = lambda: None
    assert site.body("/other") == b"rendering 4"


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("404 Not Found", []),
        ("302 Found", [("Location", "/")]),
        ("500 Internal Server Error", []),
        ("200 OK", [("Set-Cookie", "csrftoken=1")]),
        ("200 OK", [("Vary", "Accept-Language, Cookie")]),
        ("200 OK", [("Vary", "User-Agent")]),
        ("200 OK", [("Vary", "*")]),
        ("200 OK", [("Cache-Control", "max-age=0, no-cache, no-store, must-revalidate, private")]),
        ("200 OK", [("Cache-Control", "private")]),
        ("200 OK", [("Content-Encoding", "gzip")]),
    ],
)
def test_what_an_answer_forbids_is_not_kept(site, status, headers):
    site.pages.status, site.pages.headers = status, headers
    assert [site.body("/"), site.body("/")] == [b"rendering 1", b"rendering 2"]
    assert site.ask("/")[0] == status
    assert len(site.store) == 0


def test_what_nobody_named_public_is_not_kept_nor_waited_for(site):
    site.pages.is_for_everybody = False
    site.pages.while_rendering = lambda: time.sleep(0.05)
    assert len(set(at_once(20, lambda: site.body("/")))) == 20


@pytest.mark.parametrize(
    "request_of_somebody",
    [
        {"HTTP_COOKIE": "a=b; sessionid=1"},
        {"HTTP_COOKIE": "messages=1"},
        {"HTTP_AUTHORIZATION": "Bearer 1"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": "127.0.0.1:81"},
        {"CONTENT_LENGTH": "3"},
        {"CONTENT_TYPE": "text/plain"},
        {"SCRIPT_NAME": "/elsewhere"},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "OPTIONS"},
        {"QUERY_STRING": "made=up"},
        {"QUERY_STRING": "page=1;made=up&up=1"},
        {"QUERY_STRING": "page=2&" + "q=" + "x" * 600},
        {"PATH_INFO": "/admin/"},
        {"PATH_INFO": "/" + "x" * 2000},
    ],
    ids=str,
)
def test_whoever_may_be_a_person_or_asks_oddly_gets_django(site, request_of_somebody):
    site.body("/")
    assert site.body(**request_of_somebody) == b"rendering 2"
    assert site.body("/") == b"rendering 1"
    assert len(site.store) == 1


def test_queries_and_schemes_are_told_apart_and_advertisers_are_not(site):
    first = site.body("/")
    assert site.body("/", "page=2") != first
    assert site.body("/", "utm_source=a&utm_medium=b&fbclid=1") == first
    assert site.body("/", "utm_source=a&page=2") == site.body("/", "page=2")
    assert site.body("/", **{"wsgi.url_scheme": "https"}) != first


@override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"))
def test_the_proxy_says_which_scheme_it_was():
    site = Site()
    first = site.body("/")
    assert site.body("/", HTTP_X_FORWARDED_PROTO="https") != first
    assert site.body("/", HTTP_X_FORWARDED_PROTO="gopher") == first


def test_head_is_answered_as_get_without_the_body(site):
    site.body("/")
    status, headers, body = site.ask("/", "", "HEAD")
    assert (status, body) == ("200 OK", b"")
    assert headers == site.ask("/")[1]


def test_what_is_too_large_is_passed_on_whole(site):
    site.pages.body = b"x" * (3 * 1024 * 1024)
    assert site.body("/") == site.pages.body
    assert len(site.store) == 0


def test_a_failure_lets_the_next_one_try(site):
    def fail() -> None:
        raise RuntimeError

    site.pages.while_rendering = fail
    with pytest.raises(RuntimeError):
        site.body("/")
    site.pages.while_rendering = lambda: None
    assert site.body("/") == b"rendering 2"


@pytest.mark.parametrize("is_on", [True, False])
def test_a_switch_turns_it_off(settings, is_on):
    settings.PAGE_CACHE = is_on
    pages = Pages()
    assert (cached(pages) is pages) is not is_on


IN_FRONT = {"HTTP_X_SHARED_CACHE": "second"}


def test_a_server_in_front_is_told_the_second_in_which_an_answer_was_proven(site):
    site.store.proven_second = 1_900_000_000
    # What is rendered now was not proven, and nobody else is told.
    assert "x-accel-expires" not in site.ask("/", **IN_FRONT)[1]
    assert "x-accel-expires" not in site.ask("/")[1]
    status, headers, _body = site.ask("/", **IN_FRONT)
    assert (status, headers["x-accel-expires"]) == ("200 OK", "@1900000000")
    status, headers, _body = site.ask("/", **IN_FRONT, HTTP_IF_NONE_MATCH=headers["etag"])
    assert (status, headers["x-accel-expires"]) == ("304 Not Modified", "@1900000000")
    assert "x-accel-expires" not in site.ask("/")[1]


def test_what_was_until_a_moment_ago_is_not_repeated_in_front(site):
    site.store.proven_second = 1_900_000_000
    site.body("/")
    site.store.drop(frozenset({"page:1"}), stale_until=time.monotonic() + 60)
    begun, may_end = held_up(site)
    status, headers, body = site.ask("/", **IN_FRONT)
    assert (status, body) == ("200 OK", b"rendering 1")
    assert "x-accel-expires" not in headers
    assert begun.wait(10)
    may_end.set()
