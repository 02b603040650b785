"""Does a file that nobody reads hold nobody but a thread of its own?"""

import io
import threading
from typing import Any
from wsgiref.util import FileWrapper

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from partners.brochures.pdf_response import PdfResponse
from qianhai_site.sending import Senders, Sent, is_file

MOST = 3


class Body:
    """What granian makes of a body."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner


class Request:
    """One whose reader takes nothing until `may_go`."""

    def __init__(self, may_go: threading.Event) -> None:
        self._may_go, self.begun, self.done, self.by = may_go, threading.Event(), threading.Event(), ""

    def response_iter(self, status: int, headers: Any, body: Any) -> None:
        self.by = threading.current_thread().name
        self.begun.set()
        assert self._may_go.wait(10)
        self.done.set()


@pytest.fixture
def may_go():
    event = threading.Event()
    yield event
    event.set()


def send(senders: Senders, may_go: threading.Event) -> Request:
    request = Request(may_go)
    Sent(request, senders).response_iter(200, [], Body(FileWrapper(io.BytesIO(b"file"))))
    return request


def test_files_wait_for_their_readers_elsewhere_and_only_so_many_at_a_time(may_go):
    senders = Senders(MOST)
    requests = [send(senders, may_go) for _ in range(MOST + 2)]
    assert all(request.begun.wait(10) for request in requests[:MOST])
    assert not any(request.begun.is_set() for request in requests[MOST:])
    may_go.set()
    assert all(request.done.wait(10) for request in requests)
    assert len({request.by for request in requests}) == MOST


def test_a_thread_that_is_done_takes_the_next(may_go):
    senders, names = Senders(MOST), set()
    may_go.set()
    for _ in range(20):
        request = send(senders, may_go)
        assert request.done.wait(10)
        names.add(request.by)
    # It may be a moment before it is known to be done.
    assert len(names) <= MOST


def test_a_failure_is_said_and_the_thread_goes_on(may_go, caplog):
    senders = Senders(1)

    def fail() -> None:
        raise SystemExit

    senders.put(fail)
    may_go.set()
    assert send(senders, may_go).done.wait(10)
    assert "could not be sent" in caplog.text


def test_what_may_ask_the_database_stays_in_its_thread(may_go):
    may_go.set()
    request = Request(may_go)
    Sent(request, Senders(1)).response_iter(200, [], Body(StreamingHttpResponse([b"row"])))
    assert request.by == threading.current_thread().name


def test_what_is_a_file():
    assert is_file(FileResponse(io.BytesIO(b"file")))
    assert is_file(FileWrapper(io.BytesIO(b"file")))
    assert is_file(PdfResponse(io.BytesIO(b"%PDF")))
    for other in (HttpResponse(b"page"), StreamingHttpResponse([b"row"]), [b"page"]):
        assert not is_file(other)
