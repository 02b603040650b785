"""How are visitors' forms taken by one thread of a process, several by one commit, and by others where it is held up?

A form is little work, nearly all of it the same: Python's for a millisecond, and one statement of the database. Threads
that take forms by turns each have a connection of their own, whose server knows of it what each form needs, and take
the interpreter from each other while they do so. One thread takes a sixth more of them than four. Those that wait for
it are written together (`form_group.py`), which is two fifths more again. But where one form has to wait, those behind
it must not: they go to threads that anything else is done by. Behind a commit it is the other way round: each of those
threads would wait for one of its own, and the lane's next holds all.
"""

import io
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from partners.group_commit import LOCK_SECONDS, gathered_by
from qianhai_site.form_group import Group, Job, Request

logger = logging.getLogger(__name__)

# A form that takes longer waits for somebody, or for much work: those behind it are taken elsewhere.
PATIENCE_SECONDS = 0.05
# But those that can be written later wait for a commit, of one form or of several, for as long as locks may hold it up.
COMMIT_PATIENCE_SECONDS = LOCK_SECONDS
# Nobody waits for longer, whatever goes on, where it is slow: many forms that take a little less than the patience
# would add up. But a crowd of quick ones would be taken by no threads any quicker, of which each writes by itself:
# while those taken since somebody came took less than so long each, with the commits, it is waited for.
MOST_WAITING_SECONDS, QUICK_SECONDS = 0.5, 0.02
# So many are taken at most before a commit: if it fails, each that it held is taken again. Those count as well of which
# nothing is written, or a flood of them would keep the others waiting.
MOST_TOGETHER = 16
# After that has happened, for so long each is taken by itself, and each time that it happens again at once for twice as
# long, up to the most: who sends one form again and again makes it happen.
ALONE_SECONDS, MOST_ALONE_SECONDS = 0.1, 1.6
# Of what is sent; forms are some hundred, and the largest answers some thousand.
LARGEST_FORM_BYTES = 64 * 1024
_MOST_PATHS = 1000


class FormLane:
    """Takes what visitors send, in the order in which it comes, by one thread; `elsewhere` takes what waits too long.

    `take` is told of one after the other. `elsewhere` must not wait.
    """

    def __init__(self, take: Callable[[Request, dict[str, Any]], None], elsewhere: Callable[[Job], None]) -> None:
        self._take, self._elsewhere = take, elsewhere
        # With the moment at which each came, and how many had been taken by then. Whoever looks at it holds the lock.
        self._waiting = deque[tuple[float, int, Job]]()
        self._taken = 0
        self._lock = threading.Lock()
        # At least one word for each that waits.
        self._came: SimpleQueue[None] = SimpleQueue()
        # What is being done: since when, and whether that is a commit.
        self._step: tuple[float, bool] | None = None
        self._somebody_waits = threading.Event()
        # Where forms are sent to that can be written later.
        self._paths: set[str] = set()
        self._alone_until, self._alone_for = 0.0, ALONE_SECONDS
        for work in (self._work, self._look_after):
            threading.Thread(target=work, name=f"forms {work.__name__.strip('_')}", daemon=True).start()

    def put(self, request: Request, environ: dict[str, Any]) -> None:
        """Take in a request whose body has been read (`read_form`)."""
        with self._lock:
            self._waiting.append((time.monotonic(), self._taken, (request, environ)))
        self._came.put(None)
        if self._step is not None:
            self._tell()

    def _work(self) -> None:
        while True:
            self._came.get()
            # Who came may have been taken with those before, or elsewhere.
            if (job := self._next()) is None:
                continue
            try:
                if time.monotonic() < self._alone_until:
                    self._take(*job)
                else:
                    self._take_together(job)
            except BaseException:
                # A panic of granian's is no Exception. There is no other thread that takes those that wait.
                logger.exception("A form could not be taken.")
            self._step = None
            # Nothing of a request is held until the next.
            del job

    def _take_together(self, job: Job | None) -> None:
        """Take `job`, and those that wait by the time it is done, and write by one commit what can be."""
        group = Group(self._go_on, self._note)
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

    def _note(self, jobs: list[Job], *, failed: bool) -> None:
        """Note that `jobs` were written by one commit, or that each is to be taken again, since nothing of it was."""
        if failed:
            for job in jobs:
                try:
                    job[1]["wsgi.input"].seek(0)
                    self._elsewhere(job)
                except BaseException:
                    logger.exception("A form could not be taken again.")
        if len(jobs) < 2:
            # One alone says nothing of those that others would spoil.
            return
        if not failed:
            self._alone_for = ALONE_SECONDS
            return
        self._alone_until = time.monotonic() + self._alone_for
        self._alone_for = min(2 * self._alone_for, MOST_ALONE_SECONDS)

    def _next(self) -> Job | None:
        with self._lock:
            if not self._waiting:
                return None
            _came, _taken, job = self._waiting.popleft()
            self._taken += 1
        self._go_on()
        return job

    def _go_on(self, *, is_commit: bool = False) -> None:
        """Have those that wait be patient from now on."""
        self._step = time.monotonic(), is_commit
        if self._waiting:
            self._tell()

    def _tell(self) -> None:
        if not self._somebody_waits.is_set():
            self._somebody_waits.set()

    def _look_after(self) -> None:
        while True:
            self._somebody_waits.wait()
            # Whoever waits is told of again by what comes after, or by the thread when it goes on.
            self._somebody_waits.clear()
            while (seconds := self._hand_over()) is not None:
                time.sleep(seconds)

    def _hand_over(self) -> float | None:
        """Have those taken elsewhere that are not patient any more, and return when to look again, or None: nobody is.

        By then what is done may be another thing, for which they are less patient.
        """
        now = time.monotonic()
        began, is_commit = self._step or (now, False)
        over: list[Job] = []
        patient = deque[tuple[float, int, Job]]()
        again = now + PATIENCE_SECONDS
        with self._lock:
            for came, taken, job in self._waiting:
                # Who cannot be written later gains nothing by a group.
                gains = is_commit and job[1].get("PATH_INFO", "") in self._paths
                until = began + (COMMIT_PATIENCE_SECONDS if gains else PATIENCE_SECONDS)
                if now - came >= (self._taken - taken) * QUICK_SECONDS:
                    until = min(until, came + MOST_WAITING_SECONDS)
                if until <= now:
                    over.append(job)
                else:
                    patient.append((came, taken, job))
                    again = min(again, until)
            self._waiting = patient
        for job in over:
            self._elsewhere(job)
        return again - now if patient else None


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
