"""How is an outcome kept that the database cannot take at the moment?"""

import logging
import threading
from collections.abc import Callable
from time import monotonic

from django.db import DatabaseError, InterfaceError, connection

from partners.database_away import database_is_away
from partners.delivery.timing import outage_seconds

logger = logging.getLogger(__name__)

# Shorter than a restarted worker needs to look for abandoned messages, so that the outcome is there first.
FIRST_WAIT = 0.1
LONGEST_WAIT = 1.0

_giving_up = threading.Event()


def give_up_waiting() -> None:
    """Let every `keep_trying` in this process fail at its next error: the process is about to end."""
    _giving_up.set()


def keep_trying[T](write: Callable[[], T]) -> T:
    """Return what `write` returns, calling it again while the database is away, or cannot be written.

    `write` opens its own transaction and does nothing where its work is already done: a connection can break
    after the database has committed. Raises the database's error inside a caller's transaction, after
    DELIVERY_OUTAGE_SECONDS, and when the process is about to end.
    """
    ends_at = monotonic() + outage_seconds()
    wait = FIRST_WAIT
    while True:
        try:
            return write()
        except (DatabaseError, InterfaceError) as error:
            if not database_is_away(error) or connection.in_atomic_block or monotonic() > ends_at:
                raise
            connection.close()
            if wait == FIRST_WAIT:
                logger.warning("The outcome of an attempt waits for the database: %s.", type(error).__name__)
            if _giving_up.wait(wait):
                raise
            wait = min(2 * wait, LONGEST_WAIT)
