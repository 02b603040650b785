"""How does a process hear, within a second and for certain, what another one has changed?

By PostgreSQL's LISTEN on a connection of its own, and by asking a question over it some times a second: the database
sends what was announced before it answers, so an answer proves that every change committed before the question has been
heard. Nothing is served from memory without such a proof of the last second.
"""

import contextlib
import logging
import math
import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import connections
from wagtail.models import Site

from qianhai_site.pagecache.store import SITE, Store
from qianhai_site.pagecache.watching import CHANNEL, NEXT_TURN

logger = logging.getLogger(__name__)

# Seconds: how long a proof is good for, how often one is asked for, how long until a lost connection is tried again.
SURE, BEAT, RETRY = 0.9, 0.2, 0.5
# Seconds by which the clock is set at once, and not corrected bit by bit.
STEP = 1.0
# Seconds after which a question that has no answer is given up, with its line: the server's machine lives, and takes
# what is sent, but the process that should answer hangs.
GIVEN_UP = 3.0
# A machine that does not answer is given up; until then the proof runs out, and nothing is served from memory.
_IMPATIENT: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 3000,
    "application_name": "qianhai pagecache",
}

# Before the first answer.
_UNKNOWN = object()


class Listener:
    """Keeps a store certain, from a thread of its own in whichever process asks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process = 0
        # The descriptor of the connection, and since when an answer is waited for on it.
        self._line: int | None = None
        self._asked_at = math.inf

    def ensure_running(self) -> None:
        """Start the thread where this process has none: at the first request, and so after any fork.

        For whoever is not answered from memory; a server that takes questions and answers none is given up here.
        """
        if self._process == os.getpid() and self._thread is not None and self._thread.is_alive():
            if time.monotonic() - self._asked_at > GIVEN_UP:
                self._hang_up()
            return
        with self._lock:
            if self._process == os.getpid() and self._thread is not None and self._thread.is_alive():
                return
            self._store.certain_until = 0.0
            self._store.clear()
            self._process = os.getpid()
            self._line, self._asked_at = None, math.inf
            self._thread = threading.Thread(target=self._run, name="page cache listener", daemon=True)
            self._thread.start()

    def _hang_up(self) -> None:
        """Have the thread that waits for an answer find its connection closed."""
        with self._lock:
            if self._line is not None:
                logger.warning("The page cache is not answered by the database; it asks over another connection.")
                # Another descriptor of the same connection, since that one is the thread's to close.
                with contextlib.suppress(OSError), socket.socket(fileno=os.dup(self._line)) as line:
                    line.shutdown(socket.SHUT_RDWR)
                self._line = None

    @contextmanager
    def _watched(self, connection: "psycopg.Connection[Any]") -> Iterator[None]:
        with self._lock:
            self._line = connection.fileno()
        try:
            yield
        finally:
            # Before it is closed: its number may be another connection's then.
            with self._lock:
                self._line, self._asked_at = None, math.inf

    def _run(self) -> None:
        while True:
            try:
                with _connect() as connection, self._watched(connection):
                    self._follow(connection)
            except (psycopg.Error, DatabaseError, OSError, ImproperlyConfigured) as error:
                logger.warning("The page cache hears of no changes (%s); pages are rendered.", type(error).__name__)
            except Exception:
                logger.exception("The page cache hears of no changes; pages are rendered.")
            self._store.certain_until = 0.0
            self._store.clear()
            time.sleep(RETRY)

    def _follow(self, connection: "psycopg.Connection[Any]") -> None:
        """Hear of changes until the connection is lost, which raises."""
        said: list[str] = []
        connection.add_notify_handler(lambda notification: said.append(notification.payload))
        self._asked_at = time.monotonic()
        connection.execute(f"LISTEN {CHANNEL}")
        # What was announced before is not known of.
        self._store.clear()
        Site.clear_site_root_paths_cache()
        before, again, turn = time.monotonic(), 0.0, _UNKNOWN
        clock = _clock()
        # Not select(): it refuses a descriptor above 1023, which a process with many connections may be given.
        line = select.poll()
        line.register(connection.fileno(), select.POLLIN)
        while True:
            asked, second = time.monotonic(), int(time.time())
            self._asked_at = asked
            seconds, next_turn = connection.execute(NEXT_TURN).fetchone() or (None, None)
            self._asked_at = math.inf
            tags = frozenset(tag for payload in said for tag in payload.split())
            said.clear()
            if next_turn != turn:
                # Something has ended, or will end at another time: whatever says so may be wrong, and at once.
                self._store.drop(frozenset({SITE}), stale_until=0.0)
                turn = next_turn
            if tags or again:
                again = self._apply(tags, stale_until=before + SURE, again=again)
            if abs(_clock() - clock) > STEP:
                # By the day on the clock something was made, and is to end.
                self._store.clear()
                clock = _clock()
            before = asked
            # Of the moment that something ends, nobody need say anything: nothing is certain then.
            self._store.certain_until = asked + min(SURE, SURE if seconds is None else seconds)
            self._store.proven_second = second
            self._store.sweep()
            # With the clock's beats, one of which begins each second: a cache in front counts in those.
            line.poll((BEAT - time.time() % BEAT) * 1000)

    def _apply(self, tags: frozenset[str], *, stale_until: float, again: float) -> float:
        """Drop what depends on `tags`; return until when what is dropped once more at the next beat may be shown, which
        is `again` then, or 0 where nothing is to be.

        Wagtail keeps the addresses of its sites in Django's cache. A rendering that read them just before may put the
        old ones back just after they are cleared here: a second look takes them away, with what was made of them.
        """
        is_site = SITE in tags
        if is_site:
            self._store.is_settled = False
        if is_site or again:
            Site.clear_site_root_paths_cache()
        if again:
            # By itself: no neighbour has heard of it with the transactions that are told.
            self._store.drop(frozenset({SITE}), again)
        if tags:
            self._store.drop(tags, stale_until)
        self._store.is_settled = not is_site
        return stale_until if is_site else 0.0


def _clock() -> float:
    """Return by how much the clock on the wall is before the one that nobody sets."""
    return time.time() - time.monotonic()


def _connect() -> "psycopg.Connection[Any]":
    parameters = {**connections["default"].get_connection_params(), **_IMPATIENT}
    # Django's own ways with rows and values are not needed for a question and a name.
    for name in ("cursor_factory", "context", "pool"):
        parameters.pop(name, None)
    return psycopg.connect(**parameters, autocommit=True)
