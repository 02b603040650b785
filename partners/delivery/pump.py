"""How does a worker get to work the moment that a message is due, and on to the next while there is one?"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from time import monotonic
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, connection
from psycopg import sql
from wagtail.models import Site

from partners.delivery.alarm import CHANNEL
from partners.delivery.clock_set_back import bring_messages_back
from partners.delivery.message import OutgoingMessage
from partners.delivery.send import send_next
from partners.delivery.smtp import one_connection
from partners.delivery.timing import sweep_seconds
from partners.delivery.together import together

logger = logging.getLogger(__name__)

# How often the one that listens looks whether the worker is about to stop.
_SLICE_SECONDS = 0.5
# How often times are looked for that the clock will not reach for long.
_CLOCK_SECONDS = 60.0
# How long a thread rests after an error that is not the message's own.
_FIRST_REST = 0.2
_LONGEST_REST = 5.0


@dataclass(frozen=True)
class Line:
    """What a pump carries: its `name`, the `channel` on which it is woken, when the next is due, in which `session`
    those that are due at once are sent, and what brings times back once the database's clock was set back.
    """

    name: str
    channel: str
    seconds_to_next_due: Callable[[], float | None]
    session: Callable[[], AbstractContextManager[Any]] = nullcontext
    bring_times_back: Callable[[], object] = lambda: None


@contextmanager
def _letters_that_are_due() -> Iterator[None]:
    """Send them over one connection, and ask once for what they have in common.

    A mail server is not kept waiting for a message that may come tomorrow.
    """
    with one_connection(), together():
        yield


MAIL = Line("mail", CHANNEL, OutgoingMessage.objects.seconds_to_next_due, _letters_that_are_due, bring_messages_back)


class Pump:
    """Threads that send what is due, and one that wakes them: at a notification, at a due time, at every sweep.

    A sender that has claimed a message, and knows of another, wakes a colleague before it speaks to the mail server, so
    that a backlog occupies them all, and a single message one. Notifications may be lost, since every sweep looks at
    the rows.
    """

    def __init__(self, senders: int, send: Callable[..., bool] = send_next, line: Line = MAIL) -> None:
        self._send = send
        self._line = line
        self._senders = senders
        self._calls = 0
        self._called = threading.Condition()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; returns at once."""
        name = self._line.name
        senders = [(f"{name} sender {n + 1}", self._work) for n in range(self._senders)]
        works = [(f"{name} listener", self._listen), *senders]
        for name, work in works:
            thread = threading.Thread(target=self._keep_at, args=[work], name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Ask the threads to end after the message that each has in hand; returns at once."""
        self._stopping.set()
        with self._called:
            self._called.notify_all()

    def join(self) -> None:
        """Wait until every thread has ended."""
        for thread in self._threads:
            thread.join()

    def wake(self, senders: int = 1) -> None:
        """Let as many senders that rest look for a message."""
        with self._called:
            self._calls = min(self._calls + senders, self._senders)
            self._called.notify(senders)

    def _keep_at(self, work: Callable[[], None]) -> None:
        """Run `work` until the worker stops, whatever it raises: the database comes back, and faults are ours."""
        rest = _FIRST_REST
        while not self._stopping.is_set():
            started = monotonic()
            try:
                work()
            except (DatabaseError, InterfaceError, psycopg.Error) as error:
                level = logging.WARNING if rest == _FIRST_REST else logging.DEBUG
                logger.log(level, "The %s waits for the database: %s.", *_thread_and(error))
            except Exception:
                logger.exception("The %s failed, and begins again.", threading.current_thread().name)
            finally:
                connection.close()
            # What held for a while was no repetition of the last failure.
            rest = _FIRST_REST if monotonic() - started > _LONGEST_REST else min(2 * rest, _LONGEST_REST)
            self._stopping.wait(rest)

    def _work(self) -> None:
        """Send what is due, then rest until called."""
        while self._await_call():
            with self._line.session():
                while not self._stopping.is_set() and self._send(on_claim=self.wake):
                    pass

    def _await_call(self) -> bool:
        with self._called:
            self._called.wait_for(lambda: self._calls or self._stopping.is_set())
            self._calls = max(0, self._calls - 1)
        return not self._stopping.is_set()

    def _listen(self) -> None:
        """Wake senders at every notification, at the time of the next due message, and at every sweep."""
        connection.ensure_connection()
        # Django's connection, so that its settings hold; its own cursors cannot wait for notifications.
        listening: Any = connection.connection
        listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._line.channel)))
        looks_again_at = 0.0
        while not self._stopping.is_set():
            if monotonic() >= looks_again_at:
                self._line.bring_times_back()
                looks_again_at = monotonic() + _CLOCK_SECONDS
            # What Wagtail keeps for an hour of where pages are found, and clears where it is changed: in a web process.
            Site.clear_site_root_paths_cache()
            self.wake()
            next_due = self._line.seconds_to_next_due()
            self._wait_for_notification(listening, min(sweep_seconds(), next_due or sweep_seconds()))

    def _wait_for_notification(self, listening: Any, seconds: float) -> None:
        ends_at = monotonic() + seconds
        while not self._stopping.is_set() and (left := ends_at - monotonic()) > 0:
            if list(listening.notifies(timeout=min(left, _SLICE_SECONDS), stop_after=1)):
                return


def _thread_and(error: Exception) -> tuple[str, str]:
    return threading.current_thread().name, type(error).__name__
