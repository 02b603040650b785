"""What does delivery ask of whatever carries its mail, and how is it told that this failed?"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from partners.delivery.attempt import Outcome
from partners.delivery.deadline import deadlines
from partners.delivery.letters import Letter


@dataclass(frozen=True)
class Envelope:
    """A letter, ready to go: to which address, under which Message-ID."""

    to: str
    message_id: str
    letter: Letter


@dataclass(frozen=True)
class Receipt:
    """The next mail server has taken the message: its reply, as far as the carrier tells it.

    `provider_id` is what a provider calls the message; empty where a mail server took it.
    """

    code: int | None = None
    text: str = ""
    provider_id: str = ""


class NotAccepted(Exception):  # noqa: N818  named for what happened
    """The message was not taken, or nobody can say that it was: `outcome` decides what follows.

    `is_too_large`: it was refused for its size, so that it may be taken without its attachments. `may_pass`: it could
    not be built, for a reason that may pass by itself.
    """

    def __init__(
        self,
        outcome: Outcome,
        code: int | None = None,
        text: str = "",
        *,
        is_too_large: bool = False,
        may_pass: bool = False,
    ) -> None:
        super().__init__(outcome, code)
        self.is_too_large = is_too_large
        self.may_pass = may_pass
        self.outcome = outcome
        self.code = code
        self.text = text


class Conversation:
    """One talk with a mail server: it has a deadline, and another thread can end it.

    A timeout on the socket bounds each operation only, so a server that sends a byte now and then would hold a
    worker for ever.
    """

    def __init__(self, seconds: float) -> None:
        self.ended: NotAccepted | None = None
        self._ends_at = monotonic() + seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    @property
    def seconds_left(self) -> float:
        """Return how long the talk may still take; never less than zero."""
        return max(0.0, self._ends_at - monotonic())

    def watch(self, connection: socket.socket) -> None:
        """Let `end` reach `connection`, also after it was wrapped for TLS (which closes the object given here).

        Raises TimeoutError where the talk is over already.
        """
        with self._lock:
            if self.ended is not None:
                raise TimeoutError(self.ended.text)
            self._sockets.append(connection.dup())

    def end(self, outcome: Outcome, reason: str) -> None:
        """Cut the connection from any thread; whoever reads from it sees its end. The first reason counts."""
        with self._lock:
            if self.ended is None:
                self.ended = NotAccepted(outcome, text=reason)
            for connection in self._sockets:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Hold the talk to its deadline while the block runs; afterwards `end` reaches nothing any more."""
        try:
            with deadlines.after(self.seconds_left, self._time_is_up):
                yield
        finally:
            with self._lock:
                for connection in self._sockets:
                    connection.close()
                self._sockets.clear()

    def _time_is_up(self) -> None:
        self.end(Outcome.TIMEOUT, "The conversation took too long.")


class Carrier(Protocol):
    """The port to the outside world: SMTP in production, a double in tests."""

    def __call__(self, envelope: Envelope, conversation: Conversation) -> Receipt:
        """Hand `envelope` to the next mail server before `conversation` is over.

        Returns the server's receipt. Raises NotAccepted where there is none, and nothing else.
        """
