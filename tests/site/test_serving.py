"""Is what is in memory answered at once, whatever the threads are at, and by the same rules as from within them?"""

import threading
import time
from typing import Any

import pytest

from qianhai_site.pagecache import door
from qianhai_site.serving import Door
from tests.faults.waiting import wait_until
from tests.site.pagecache.standing_in import Site, asked

THREADS = 2


class Request:
    """One of granian's: it takes one answer, from any thread."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.by = ""
        self._has_come = threading.Event()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.by = threading.current_thread().name
        self.answers.append((status, {name.lower(): value for name, value in headers}, body))
        self._has_come.set()

    @property
    def is_answered(self) -> bool:
        return self._has_come.is_set()

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        assert self._has_come.wait(10)
        assert len(self.answers) == 1
        return self.answers[0]

    def body(self) -> bytes:
        return self.answer()[2]


class Front:
    """A door before `Site`, and what granian does between them for a request that takes its time."""

    def __init__(self, *, has_cache: bool = True) -> None:
        self.site = Site()
        self.handled = 0
        self.door = Door(self.site.cache if has_cache else None, self.handle, THREADS)

    def handle(self, request: Any, environ: dict[str, Any]) -> None:
        self.handled += 1
        said: list[Any] = []
        parts = self.site.cache(environ, lambda *answer: said.append(answer))
        request.response_bytes(int(said[0][0][:3]), said[0][1], b"".join(parts))

    def ask(self, *args: Any, **headers: str) -> Request:
        request = Request()
        self.door(request, asked(*args, **headers))
        return request

    def hold_up(self) -> tuple[threading.Semaphore, threading.Event]:
        """Let renderings wait; return what counts those that have begun, and what lets them end."""
        begun, may_end = threading.Semaphore(0), threading.Event()

        def wait() -> None:
            begun.release()
            may_end.wait(10)

        self.site.pages.while_rendering = wait
        return begun, may_end


@pytest.fixture
def front() -> Front:
    return Front()


@pytest.fixture
def busy(front):
    """Give the front with a page in memory, and all of its threads held up by others."""
    front.ask("/known").body()
    begun, may_end = front.hold_up()
    for number in range(THREADS):
        front.ask(f"/slow{number}")
        assert begun.acquire(timeout=10)
    yield front
    may_end.set()


def test_memory_answers_in_the_servers_own_thread(busy):
    request = busy.ask("/known")
    assert (request.is_answered, request.by) == (True, threading.current_thread().name)
    assert request.answer()[0] == 200
    assert request.body() == b"rendering 1"


def test_memory_says_who_has_a_page_already_and_what_a_head_would_get(busy):
    _status, headers, _body = busy.ask("/known").answer()
    known = busy.ask("/known", HTTP_IF_NONE_MATCH=headers["etag"])
    assert known.is_answered
    assert known.answer()[0::2] == (304, b"")
    head = busy.ask("/known", "", "HEAD")
    assert head.is_answered
    assert head.answer() == (200, headers, b"")
    packed = busy.ask("/known", HTTP_ACCEPT_ENCODING="gzip")
    assert packed.answer()[1]["content-encoding"] == "gzip"


def test_a_server_in_front_is_told_the_second(busy):
    busy.site.store.proven_second = 1_900_000_000
    assert busy.ask("/known", HTTP_X_SHARED_CACHE="second").answer()[1]["x-accel-expires"] == "@1900000000"
    assert "x-accel-expires" not in busy.ask("/known").answer()[1]


@pytest.mark.parametrize(
    "request_of_somebody",
    [
        {"HTTP_COOKIE": "sessionid=1"},
        {"HTTP_AUTHORIZATION": "Bearer 1"},
        {"HTTP_HOST": "evil.example"},
        {"QUERY_STRING": "made=up"},
        {"PATH_INFO": "/admin/"},
    ],
    ids=str,
)
def test_whoever_may_be_a_person_is_a_threads(busy, request_of_somebody):
    environ = {**asked("/known"), **request_of_somebody}
    request = Request()
    busy.door(request, environ)
    assert not request.is_answered


def test_nothing_is_answered_at_once_that_is_not_certain(busy):
    busy.site.store.certain_until = time.monotonic()
    assert not busy.ask("/known").is_answered


def test_nothing_is_answered_at_once_after_its_time(busy):
    busy.site.store.get(busy.site.cache._key_of(asked("/known"))).good_until = time.monotonic()
    assert not busy.ask("/known").is_answered


def test_what_was_is_shown_while_it_is_rendered_behind_and_only_so_long(busy):
    busy.site.store.drop(frozenset({"page:1"}), stale_until=time.monotonic() + 60)
    request = busy.ask("/known", HTTP_X_SHARED_CACHE="second")
    assert (request.is_answered, request.body()) == (True, b"rendering 1")
    # Nobody in front may repeat it.
    assert "x-accel-expires" not in request.answer()[1]
    busy.site.store.get(busy.site.cache._key_of(asked("/known"))).stale_until = time.monotonic()
    assert not busy.ask("/known").is_answered


def test_a_second_stale_page_is_a_threads_while_the_first_is_rendered_behind(front):
    front.ask("/one").body()
    front.ask("/two").body()
    front.site.store.drop(frozenset({"page:1"}), stale_until=time.monotonic() + 60)
    begun, may_end = front.hold_up()
    assert front.ask("/one").is_answered
    assert begun.acquire(timeout=10)
    second = front.ask("/two")
    # By one of the threads, which then holds it; who asks meanwhile sees what was.
    assert begun.acquire(timeout=10)
    assert front.ask("/two").body() == b"rendering 2"
    may_end.set()
    assert second.body() == b"rendering 4"


def test_whoever_waits_for_a_page_occupies_no_thread(front):
    begun, may_end = front.hold_up()
    front.ask("/")
    assert begun.acquire(timeout=10)
    waiting = [front.ask("/") for _ in range(1000)]
    # The other thread is free for another page.
    front.ask("/another")
    assert begun.acquire(timeout=10)
    assert not any(request.is_answered for request in waiting)
    may_end.set()
    assert {request.body() for request in waiting} == {b"rendering 1"}
    assert front.site.pages.renders == 2


def test_a_thousand_at_once_are_one_rendering(front):
    front.site.pages.while_rendering = lambda: time.sleep(0.2)
    assert {request.body() for request in [front.ask("/") for _ in range(1000)]} == {b"rendering 1"}
    assert front.site.pages.renders == 1


def test_those_who_waited_share_nothing_that_is_older_than_it_may_be(front, monkeypatch):
    front.site.store.certain_until = 0.0
    monkeypatch.setattr("qianhai_site.pagecache.rendering.SHARED_FOR", -1.0)
    begun, may_end = front.hold_up()
    front.ask("/")
    assert begun.acquire(timeout=10)
    waited = front.ask("/")
    may_end.set()
    assert waited.body() == b"rendering 2"


def test_whoever_waits_for_what_is_not_for_everybody_gets_his_own(front):
    front.site.pages.is_for_everybody = False
    begun, may_end = front.hold_up()
    first = front.ask("/")
    assert begun.acquire(timeout=10)
    others = [front.ask("/") for _ in range(5)]
    may_end.set()
    assert len({request.body() for request in [first, *others]}) == 6


def test_a_rendering_that_hangs_is_given_up(front, monkeypatch):
    monkeypatch.setattr(door, "PATIENCE", 0.1)
    begun, may_end = front.hold_up()
    hung = front.ask("/")
    assert begun.acquire(timeout=10)
    waited = front.ask("/")
    assert begun.acquire(timeout=10), "somebody else renders it"
    may_end.set()
    assert {waited.body(), hung.body()} == {b"rendering 1", b"rendering 2"}
    wait_until(lambda: front.ask("/").body() in {b"rendering 1", b"rendering 2"}, 5, "kept")


def test_a_failure_is_answered_and_the_thread_goes_on(front, caplog):
    def fail() -> None:
        raise SystemExit

    front.site.pages.while_rendering = fail
    requests = [front.ask(f"/{number}") for number in range(THREADS + 1)]
    assert {request.answer()[0] for request in requests} == {500}
    assert "could not be answered" in caplog.text
    front.site.pages.while_rendering = lambda: None
    assert front.ask("/").answer()[0] == 200


def test_a_failure_of_which_nobody_can_be_told_ends_no_thread(front):
    """As a panic of granian's, which is no Exception."""

    class Broken(Request):
        def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            super().response_bytes(status, headers, body)
            raise BaseException

    broken = [Broken() for _ in range(THREADS + 1)]
    for number, request in enumerate(broken):
        front.door(request, asked(f"/{number}"))
    for request in broken:
        wait_until(lambda request=request: len(request.answers) == 2, 10, "it was to be told")
    assert front.ask("/").answer()[0] == 200


@pytest.mark.parametrize(
    "more",
    [
        {"REQUEST_METHOD": "POST"},
        {"CONTENT_LENGTH": "3"},
        {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "5"},
    ],
    ids=str,
)
def test_what_may_have_a_body_is_handled_before_the_call_returns(front, more):
    """The server takes the body away then."""
    request = Request()
    front.door(request, {**asked("/"), **more})
    assert (request.is_answered, request.by) == (True, threading.current_thread().name)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_comes_in_chunks_is_asked_for_its_length(front, method):
    request = Request()
    front.door(request, {**asked("/", "", method), "HTTP_TRANSFER_ENCODING": "chunked"})
    assert request.answer()[0] == 411
    assert front.handled == 0


def test_whoever_waits_for_a_failure_tries_himself(front):
    begun, may_end = front.hold_up()
    first = front.ask("/")
    assert begun.acquire(timeout=10)
    waited = front.ask("/")

    def fail_once() -> None:
        front.site.pages.while_rendering = lambda: None

    front.site.pages.while_rendering = fail_once
    may_end.set()
    assert {first.answer()[0], waited.answer()[0]} == {200}


def test_without_a_cache_threads_do_everything():
    front = Front(has_cache=False)
    requests = []
    for _ in range(4):
        requests.append(front.ask("/"))
        assert requests[-1].body() == b"rendering 1"
    assert threading.current_thread().name not in {request.by for request in requests}
    assert front.handled == 4
