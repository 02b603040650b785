"""What another connection has done, and not committed, while a test goes on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connections, transaction

from partners.brochures.consent_lock import hold_mailbox


@contextmanager
def open_elsewhere(act: Callable[[], object]) -> Iterator[None]:
    """Have another connection do `act` in a transaction that is committed afterwards."""
    done, may_end = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                act()
                done.set()
                assert may_end.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert done.wait(30)
        yield
    finally:
        may_end.set()
        thread.join(30)


def holding(address: str) -> AbstractContextManager[None]:
    """Hold a mailbox by another connection meanwhile."""
    return open_elsewhere(lambda: hold_mailbox(address))
