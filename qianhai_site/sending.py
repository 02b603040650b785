"""How is a large file sent without holding a thread that answers, however slowly its reader takes it?

granian takes a body that is one object at once, and keeps it in its own memory until the reader has it. Of one that
comes in pieces it takes a few, and then holds whoever hands them over until the reader has taken some. So that is done
by threads which do nothing else: begun when they are needed, and many, since each mostly waits.
"""

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any
from wsgiref.util import FileWrapper

logger = logging.getLogger(__name__)

# So many slow readers of large files at a time; further ones wait for these, and nobody else does.
MOST_SENDERS = 64


class Senders:
    """Threads that hand files over, one each."""

    def __init__(self, most: int = MOST_SENDERS) -> None:
        self._most, self._begun, self._idle = most, 0, 0
        self._lock = threading.Lock()
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def put(self, send: Callable[[], None]) -> None:
        """Have `send` called by one of them."""
        with self._lock:
            # Whoever is idle has been promised to what waits already.
            is_more = self._idle <= 0 and self._begun < self._most
            self._begun += is_more
            self._idle -= not is_more
            number = self._begun
        self._waiting.put(send)
        if is_more:
            threading.Thread(target=self._work, name=f"file {number}", daemon=True).start()

    def _work(self) -> None:
        while True:
            send = self._waiting.get()
            try:
                send()
            except BaseException:
                logger.exception("A file could not be sent.")
            # Nothing of it is held until the next.
            del send
            with self._lock:
                self._idle += 1


class Sent:
    """A request as granian hands it over, but that files are handed to it by `senders`."""

    __slots__ = ("_request", "_senders")

    def __init__(self, request: Any, senders: Senders) -> None:
        self._request, self._senders = request, senders

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer with what is in memory."""
        self._request.response_bytes(status, headers, body)

    def response_iter(self, status: int, headers: list[tuple[str, str]], body: Any) -> None:
        """Answer with what comes in pieces: in this thread what may ask the database, whose connection is its own."""
        if is_file(body.inner):
            self._senders.put(lambda: self._request.response_iter(status, headers, body))
        else:
            self._request.response_iter(status, headers, body)


def is_file(body: Any) -> bool:
    """Say whether a body is read from a file alone: Django's FileResponse is, and what WSGI wraps one in."""
    return isinstance(body, FileWrapper) or getattr(body, "file_to_stream", None) is not None
