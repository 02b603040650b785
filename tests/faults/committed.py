"""A database whose rows other connections, threads and processes see."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from partners.brochures.limits import Allowance
from partners.delivery.message import OutgoingMessage


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let the test commit, and remove its messages, counts and jobs afterwards.

    Not pytest-django's transactional_db: that empties every table, the first pages of the site included.
    """
    with django_db_blocker.unblock():
        assert not connection.in_atomic_block, "what a file keeps for its tests (rows_kept) is never committed"
        yield
        connection.close()
        OutgoingMessage.objects.all().delete()
        Allowance.objects.all().delete()
        empty_queue()
        connection.close()


def empty_queue() -> None:
    """Empty every table of the queue, as a careless hand or a restored backup would."""
    with connection.cursor() as cursor:
        # Rows, not TRUNCATE: that waits for every table as a whole, and a worker that sweeps just then is a deadlock.
        for table in ("events", "periodic_defers", "jobs", "workers"):
            cursor.execute(f"DELETE FROM procrastinate_{table}")
