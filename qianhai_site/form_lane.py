"""How are visitors' forms taken by one thread of a process, several by one commit, and by others where it is held up?

A form is little work, nearly all of it the same: Python's for a millisecond, and one statement of the database. Threads
that take forms by turns each have a connection of their own, whose server knows of it what each form needs, and take
the interpreter from each other while they do so. One thread takes a sixth more of them than four. Those that wait for
it are written together (`partners/group_commit.py`), which is two fifths more again. But where one form has to wait,
those behind it must not: they go to threads that anything else is done by.
"""

import io
import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from partners.group_commit import Write, gathered_by

logger = logging.getLogger(__name__)

# A form that takes longer waits for somebody, or for much work: those behind it are taken elsewhere.
PATIENCE_SECONDS = 0.05
# So many are taken at most before a commit: if it fails, each that it held is taken again. Those count as well of which
# nothing is written, or a flood of them would keep the others waiting.
MOST_TOGETHER = 16
# After that has happened, for so long each is taken by itself, and each time that it happens again at once for twice as
# long, up to the most: who sends one form again and again makes it happen.
ALONE_SECONDS, MOST_ALONE_SECONDS = 0.1, 1.6
# Of what is sent; forms are some hundred, and the largest answers some thousand.
LARGEST_FORM_BYTES = 64 * 1024
_MOST_PATHS = 1000

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
        # Where forms are sent to that can be written later.
        self._paths: set[str] = set()
        self._alone_until, self._alone_for = 0.0, ALONE_SECONDS
        for work in (self._work, self._look_after):
            threading.Thread(target=work, name=f"forms {work.__name__.strip('_')}", daemon=True).start()

    def put(self, request: Request, environ: dict[str, Any]) -> None:
        """Take in a request whose body has been read (`read_form`)."""
        self._waiting.put((request, environ))
        if self._began is not None:
            self._tell()

    def _work(self) -> None:
        while True:
            job = self._waiting.get()
            self._go_on()
            if self._waiting.empty() or time.monotonic() < self._alone_until:
                self._take(*job)
            else:
                self._take_together(job)
            self._began = None
            # Nothing of a request is held until the next.
            del job

    def _take_together(self, job: Job | None) -> None:
        """Take `job`, and those that wait by the time it is done, and write by one commit what can be."""
        group = _Group(self._go_on, self._note)
        number = 0
        with gathered_by(group):
            while job is not None:
                path = job[1].get("PATH_INFO", "")
                if path not in self._paths:
                    # Nobody knows how long that takes.
                    group.finish()
                if group.take(job, self._take) and len(self._paths) < _MOST_PATHS:
                    self._paths.add(path)
                number += 1
                job = self._next() if number < MOST_TOGETHER else None
            group.finish()

    def _note(self, failed: list[Job]) -> None:
        """Note that a group was written, or that each of `failed` is to be taken again, since nothing of it was."""
        if not failed:
            self._alone_for = ALONE_SECONDS
            return
        self._alone_until = time.monotonic() + self._alone_for
        self._alone_for = min(2 * self._alone_for, MOST_ALONE_SECONDS)
        for job in failed:
            job[1]["wsgi.input"].seek(0)
            self._elsewhere(job)

    def _next(self) -> Job | None:
        try:
            job = self._waiting.get_nowait()
        except Empty:
            return None
        self._go_on()
        return job

    def _go_on(self) -> None:
        """Have those that wait be patient from now on."""
        self._began = time.monotonic()
        if not self._waiting.empty():
            self._tell()

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


class _Group:
    """Requests that were answered, and what has to be committed before anybody hears it."""

    def __init__(self, go_on: Callable[[], None], note: Callable[[list[Job]], None]) -> None:
        self._go_on, self._note = go_on, note
        self._writes: list[Write] = []
        self._answered: list[tuple[Job, _LateAnswer]] = []
        # Whether the request that is being taken wants something written.
        self._has_to_wait = False

    def add(self, write: Write) -> None:
        self._writes.append(write)
        self._has_to_wait = True

    def take(self, job: Job, take: Callable[[Request, dict[str, Any]], None]) -> bool:
        """Have `job` taken, and say whether its answer waits; else it was given."""
        request, environ = job
        late = _LateAnswer(request, lambda: self._has_to_wait)
        take(late, environ)
        has_to_wait, self._has_to_wait = self._has_to_wait, False
        if has_to_wait:
            self._answered.append((job, late))
        return has_to_wait

    def finish(self) -> None:
        """Write what was added, and answer; where that fails, `note` is told of whose it was, else of nobody.

        Raises RuntimeError where it is asked for by a request whose own write was added.
        """
        if self._has_to_wait:
            raise RuntimeError("What this request wants written is committed with its answer, not before.")
        if not self._writes:
            return
        writes, answered = self._writes, self._answered
        self._writes, self._answered = [], []
        self._go_on()
        try:
            type(writes[0]).carry_out(writes)
        except Exception as error:  # noqa: BLE001  whatever it was, each finds it again by itself
            logger.info("Forms are taken one by one: %s.", type(error).__name__)
            self._note([job for job, _late in answered])
        else:
            self._note([])
            for _job, late in answered:
                late.give()


class _LateAnswer:
    """Stands for a request: passes its answer on, or keeps it where it `has_to_wait`."""

    def __init__(self, request: Request, has_to_wait: Callable[[], bool]) -> None:
        self._request, self._has_to_wait = request, has_to_wait
        self._answer: tuple[int, list[tuple[str, str]], bytes] | None = None

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        if self._has_to_wait():
            self._answer = status, headers, body
        else:
            self._request.response_bytes(status, headers, body)

    def response_iter(self, status: int, headers: list[tuple[str, str]], pieces: Any) -> None:
        if not self._has_to_wait():
            self._request.response_iter(status, headers, pieces)
            return
        try:
            self._answer = status, headers, b"".join(iter(pieces.__next__, None))
        finally:
            pieces.close()

    def give(self) -> None:
        """Answer as was to be answered; raises nothing, since others wait for the same."""
        if self._answer is not None:
            try:
                self._request.response_bytes(*self._answer)
            except Exception:
                logger.exception("An answer could not be given.")


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
