"""How are visitors' forms taken by one thread of a process, and by others where that one is held up?

A form is little work, nearly all of it the same: Python's for a millisecond, and one statement of the database. Threads
that take forms by turns each have a connection of their own, whose server knows of it what each form needs, and take
the interpreter from each other while they do so. One thread takes a sixth more of them than four. But where one form
has to wait, those behind it must not: they go to threads that anything else is done by.
"""

import io
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

# A form that takes longer waits for somebody, or for much work: those behind it are taken elsewhere.
PATIENCE_SECONDS = 0.05
# Of what is sent; forms are some hundred, and the largest answers some thousand.
LARGEST_FORM_BYTES = 64 * 1024

type Request = Any
type Job = tuple[Request, dict[str, Any]]


class FormLane:
    """Takes what visitors send, in the order in which it comes, by one thread; `elsewhere` takes what waits too long.

    `take` is told of one after the other. `elsewhere` must not wait.
    """

    def __init__(self, take: Callable[[Request, dict[str, Any]], None], elsewhere: Callable[[Job], None]) -> None:
        self._take, self._elsewhere = take, elsewhere
        self._waiting: SimpleQueue[Job] = SimpleQueue()
        self._began: float | None = None
        self._somebody_waits = threading.Event()
        for work in (self._work, self._look_after):
            threading.Thread(target=work, name=f"forms {work.__name__.strip('_')}", daemon=True).start()

    def put(self, request: Request, environ: dict[str, Any]) -> None:
        """Take in a request whose body has been read (`read_form`)."""
        self._waiting.put((request, environ))
        if self._began is not None:
            self._tell()

    def _work(self) -> None:
        while True:
            request, environ = self._waiting.get()
            self._began = time.monotonic()
            if not self._waiting.empty():
                self._tell()
            self._take(request, environ)
            self._began = None
            # Nothing of a request is held until the next.
            del request, environ

    def _tell(self) -> None:
        if not self._somebody_waits.is_set():
            self._somebody_waits.set()

    def _look_after(self) -> None:
        while True:
            self._somebody_waits.wait()
            # Whoever waits is told of again by what comes after, or by the thread when it goes on.
            self._somebody_waits.clear()
            while not self._waiting.empty():
                began = self._began
                now = time.monotonic()
                left = (now if began is None else began) + PATIENCE_SECONDS - now
                if left > 0:
                    time.sleep(left)
                    continue
                try:
                    self._elsewhere(self._waiting.get_nowait())
                except Empty:
                    break


def is_form(environ: dict[str, Any], session_cookie: str) -> bool:
    """Say whether a request (a WSGI environment) is what a visitor may send: small, and of nobody who is logged in."""
    length = environ.get("CONTENT_LENGTH", "")
    return (
        environ["REQUEST_METHOD"] == "POST"
        and len(length) < 10
        and length.isascii()
        and length.isdecimal()
        and 0 < int(length) <= LARGEST_FORM_BYTES
        and session_cookie not in environ.get("HTTP_COOKIE", "")
        and "HTTP_AUTHORIZATION" not in environ
        and "HTTP_TRANSFER_ENCODING" not in environ
    )


def read_form(environ: dict[str, Any]) -> bool:
    """Read the body of a form, so that it can be taken later; return whether all of it has come."""
    length = int(environ["CONTENT_LENGTH"])
    body = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    return len(body) == length
