"""A database whose rows other connections, threads and processes see."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from psycopg import sql

from partners.brochures.limits import Allowance
from partners.delivery.message import OutgoingMessage


@pytest.fixture(scope="session")
def empty_tables(django_db_setup: None, django_db_blocker: Any) -> list[str]:
    """Return the tables that have no rows where nothing has been tested yet."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return sorted({*tables} - {*_with_rows(cursor, tables)})


@pytest.fixture(scope="module", autouse=True)
def emptied_again(empty_tables: list[str], django_db_blocker: Any) -> Iterator[None]:
    """Leave no rows of this file in tables that had none: others share the database.

    A worker that a test starts or plays does more than the test is about: gives signs of life, makes the day's digest,
    counts, writes what the search knows.
    """
    yield
    # One transaction, at whose end alone rows must fit together: so their order is all the same.
    with django_db_blocker.unblock(), transaction.atomic(), connection.cursor() as cursor:
        for table in _with_rows(cursor, empty_tables):
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


def _with_rows(cursor: Any, tables: list[str]) -> list[str]:
    has_rows = sql.SQL("SELECT {name} WHERE EXISTS (SELECT FROM {table})")
    asked = (has_rows.format(name=sql.Literal(table), table=sql.Identifier(table)) for table in tables)
    cursor.execute(sql.SQL(" UNION ALL ").join(asked))
    return [table for (table,) in cursor.fetchall()]


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let the test commit, and remove its messages, counts and jobs afterwards; what else there is, after its file.

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
