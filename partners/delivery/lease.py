"""How does a worker keep what it is sending, and notice that it has lost it?"""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from django.db import DatabaseError, InterfaceError, connection

from partners.delivery.attempt import Outcome
from partners.delivery.claim import renew_leases
from partners.delivery.outside import Conversation
from partners.delivery.timing import renewal_seconds

logger = logging.getLogger(__name__)


class LeaseKeeper:
    """Renews all leases of this process from one thread, which lives while there are any.

    Short leases make a killed worker's message come soon; renewing lets a slow mail server take its time. A worker
    that was stopped for so long that another took its message ends its own conversation, which saves a duplicate
    where the data is not yet sent.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[uuid.UUID, tuple[float, Conversation]] = {}
        self._thread: threading.Thread | None = None

    @contextmanager
    def hold(self, token: uuid.UUID, conversation: Conversation) -> Iterator[None]:
        """Keep the lease of `token` while the block runs; end `conversation` if it is lost."""
        with self._lock:
            self._held[token] = (monotonic(), conversation)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._keep, name="lease keeper", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._held[token]

    def end_all(self) -> None:
        """End every conversation that is still open, since the worker stops; their messages are queued again."""
        with self._lock:
            held = list(self._held.values())
        for _, conversation in held:
            conversation.end(Outcome.ABANDONED, "The worker was stopped.")

    def _keep(self) -> None:
        pause = threading.Event()
        try:
            while True:
                pause.wait(renewal_seconds())
                with self._lock:
                    if not self._held:
                        self._thread = None
                        return
                    # A fresh lease needs no renewal, and most messages are sent before they come of age.
                    born_before = monotonic() - renewal_seconds() / 2
                    held = {token: talk for token, (born, talk) in self._held.items() if born < born_before}
                if held:
                    self._renew(held)
        finally:
            connection.close()

    def _renew(self, held: dict[uuid.UUID, Conversation]) -> None:
        try:
            kept = renew_leases(held.keys())
        except (DatabaseError, InterfaceError) as error:
            # Nobody else can claim either while the database is away; the next renewal comes on a new connection.
            logger.warning("Leases could not be renewed: %s.", type(error).__name__)
            connection.close()
            return
        for token, conversation in held.items():
            if token not in kept:
                conversation.end(Outcome.ABANDONED, "Another worker has taken over.")


keeper = LeaseKeeper()
