"""How are the answers of several forms held back until one commit has written what they want?"""

import logging
from collections.abc import Callable
from typing import Any, Protocol

from partners.group_commit import Write

logger = logging.getLogger(__name__)

type Request = Any
type Job = tuple[Request, dict[str, Any]]


class GoesOn(Protocol):
    """Hears that the next step begins."""

    def __call__(self, *, is_commit: bool = False) -> None:
        """Hear that a form goes on to be taken, or that a commit begins."""


class Notes(Protocol):
    """Hears what became of a group."""

    def __call__(self, jobs: list[Job], *, failed: bool) -> None:
        """Hear that `jobs` were written, or that nothing of any was."""


class Group:
    """Requests that were answered, and what has to be committed before anybody hears it."""

    def __init__(self, go_on: GoesOn, note: Notes) -> None:
        self._go_on, self._note = go_on, note
        self._writes: list[Write] = []
        self._answered: list[tuple[Job, _LateAnswer]] = []
        # Whether the request that is being taken wants something written.
        self._has_to_wait = False
        # The last one that does: it is not over yet, so that whoever comes alone has his answer before
        # that is tidied up after, and its connection is as it was left.
        self._last: _LateAnswer | None = None

    def add(self, write: Write) -> None:
        self._writes.append(write)
        self._has_to_wait = True

    def take(self, job: Job, take: Callable[[Request, dict[str, Any]], None]) -> bool:
        """Have `job` taken, and say whether its answer waits; else it was given."""
        self._end_last()
        request, environ = job
        late = _LateAnswer(request, lambda: self._has_to_wait)
        try:
            take(late, environ)
        except BaseException:
            # Others have been taken before, and wait to be written.
            logger.exception("A form could not be taken.")
        has_to_wait, self._has_to_wait = self._has_to_wait, False
        if has_to_wait:
            self._answered.append((job, late))
            self._last = late
        return has_to_wait

    def _end_last(self) -> None:
        last, self._last = self._last, None
        if last is not None:
            last.end()

    def finish(self) -> None:
        """Write what was added, and answer; where that fails nobody is answered. `note` is told whose it was.

        Raises RuntimeError where it is asked for by a request whose own write was added.
        """
        if self._has_to_wait:
            raise RuntimeError("What this request wants written is committed with its answer, not before.")
        if not self._writes:
            return
        writes, answered = self._writes, self._answered
        self._writes, self._answered = [], []
        jobs = [job for job, _late in answered]
        self._go_on(is_commit=True)
        try:
            type(writes[0]).carry_out(writes)
        except BaseException as error:  # noqa: BLE001  whatever it was, each finds it again by itself
            logger.info("Forms are taken one by one: %s.", type(error).__name__)
            self._note(jobs, failed=True)
        else:
            self._note(jobs, failed=False)
            for _job, late in answered:
                late.give()
        self._end_last()
        # Whoever had it written may take long.
        self._go_on()


class _LateAnswer:
    """Stands for a request: passes its answer on, or keeps it where it `has_to_wait`."""

    def __init__(self, request: Request, has_to_wait: Callable[[], bool]) -> None:
        self._request, self._has_to_wait = request, has_to_wait
        self._answer: tuple[int, list[tuple[str, str]], bytes] | None = None
        self._pieces: Any = None

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        if self._has_to_wait():
            self._answer = status, headers, body
        else:
            self._request.response_bytes(status, headers, body)

    def response_iter(self, status: int, headers: list[tuple[str, str]], pieces: Any) -> None:
        if not self._has_to_wait():
            self._request.response_iter(status, headers, pieces)
            return
        self._pieces = pieces
        self._answer = status, headers, b"".join(iter(pieces.__next__, None))

    def give(self) -> None:
        """Answer as was to be answered; raises nothing, since others wait for the same."""
        if self._answer is not None:
            try:
                self._request.response_bytes(*self._answer)
            except BaseException:
                logger.exception("An answer could not be given.")

    def end(self) -> None:
        """Let the request be over, as it is after an answer in pieces; raises nothing either."""
        if self._pieces is not None:
            try:
                self._pieces.close()
            except BaseException:
                logger.exception("A request could not be tidied up after.")
