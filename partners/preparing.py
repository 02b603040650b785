"""Which statements does the database prepare? Long ones that come again and again with other values.

To read and plan a form's costs the server half of what it costs to carry it out, and a search's more. Django puts
values into the text, so that each is another statement; here they go beside it. Its other queries stay as they are:
they have many shapes, and some need their values to find a partial index.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from weakref import WeakSet

import psycopg
from psycopg.pq import TransactionStatus


class AtOnce(psycopg.RawCursor[Any]):
    """Has the server prepare each statement, and name it from the second time on; values ($1) go beside it."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Execute `query` with `params`."""
        execute = super().execute
        return _with_a_plan_that_holds(self, lambda: execute(query, params, prepare=True, **options))


class WhenRepeated(psycopg.RawCursor[Any]):
    """Has the server prepare a statement that comes a sixth time on its connection; values (%s or %(name)s) go beside
    it.

    For those of many shapes, some of which never come again.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Execute `query` with `params`, in their order or by their names."""
        execute = super().execute
        text, names = _numbered(query)
        values = [params[name] for name in names] if names else params
        return _with_a_plan_that_holds(self, lambda: execute(text, values, **options))


@lru_cache(maxsize=256)
def _numbered(query: str) -> tuple[bytes, list[str]]:
    """Return `query` with numbers in the places of its values, and the names of these, where they have some.

    The driver does so as well, but of a long one (4 KB) anew each time: 0.15 ms for a search.
    """
    names: list[str] = []
    number = itertools.count(1)

    def place(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        if (name := found[1]) is None:
            return f"${next(number)}"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return re.sub(r"%(?:%|s|\((\w+)\)s)", place, query).encode(), names


def _with_a_plan_that_holds(cursor: psycopg.Cursor[Any], execute: Callable[[], Any]) -> Any:
    """Return what `execute` returns, once more where a column that it asks for has become of another type.

    The server refuses a statement that it has prepared then, and would do so for as long as the connection lasts.
    """
    try:
        return execute()
    except psycopg.errors.FeatureNotSupported:
        # A transaction has failed as a whole. When it is rolled back, the driver forgets by itself what is prepared.
        if cursor.connection.info.transaction_status != TransactionStatus.IDLE:
            raise
        cursor.connection.execute("DEALLOCATE ALL")
        return execute()


@contextmanager
def preparing_cursor(connection: Any, kind: type[AtOnce] | type[WhenRepeated]) -> Iterator[Any]:
    """Give a cursor of `kind`, as Django's `connection.cursor()` gives its own.

    Where `prepare_threshold` of the database's OPTIONS is None, nothing is prepared.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        _plan_once(connection)
        cursor = kind(connection.connection)
    # What is asked of Django's own cursors, by a test or a log, holds for this one.
    with (connection.make_debug_cursor if connection.queries_logged else connection.make_cursor)(cursor) as wrapped:
        yield wrapped


def _plan_once(connection: Any) -> None:
    """Have the server make one plan of each prepared statement for all values, on this connection.

    By itself it goes on planning for each value where such a plan seems quicker, and rates what planning costs low:
    1.3 ms for a list that either plan finds in 0.3. Such statements are written so that no plan depends on values, and
    tests hold both.
    """
    driven = connection.connection
    # What a transaction sets, it takes back when it fails.
    if driven.prepare_threshold is None or connection.in_atomic_block or driven in _planning_once:
        return
    driven.execute("SET plan_cache_mode = force_generic_plan")
    _planning_once.add(driven)


_planning_once: WeakSet[psycopg.Connection[Any]] = WeakSet()
