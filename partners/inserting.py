"""How are rows of several tables written by one statement, those too that refer to others of them?

Each row is an INSERT in a WITH of PostgreSQL; where it names a row that has no number yet, it takes the number that the
other's INSERT returns. As with Django's `bulk_create`, no `save()` and no signal is called. Constraints hold as ever.
But a trigger before one row does not see another row of the same statement; one that comes after rows sees all.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import ForeignObject
from django.db.models.expressions import DatabaseDefault
from django.db.models.fields import NOT_PROVIDED
from django.db.transaction import TransactionManagementError
from psycopg.pq import TransactionStatus

from partners.preparing import AtOnce, preparing_cursor


@dataclass(frozen=True)
class Beside:
    """A statement that is carried out in the same one, after its rows; what it returns has a column `said`.

    Each `%s` in it is one of `parameters`, and nothing else that it says. `NUMBER` stands for the number of the row
    `of`, which may be new. What comes after it in the same statement may read what it returns, under its `name`.
    """

    sql: str
    parameters: Sequence[Any] = ()
    of: models.Model | None = None
    name: str = ""


NUMBER = "{number}"
# What a statement begins with holds until its transaction ends.
_WAITING_NO_LONGER = "set_config('lock_timeout', '%d', true)"
# A transaction waits for each of its locks for so long: this is what those before have left. 0 would be no bound.
_WAITING_NO_LONGER_IN_ALL = """set_config('lock_timeout', greatest(
    1, %d - round(1000 * extract(epoch FROM clock_timestamp() - transaction_timestamp()))
)::int::text, true)"""


def insert_rows(rows: Sequence[models.Model], *beside: Beside, lock_seconds: float | None = None) -> list[list[Any]]:
    """Write new `rows`, each after those that it refers to, and give them their numbers; return what `beside` says.

    What the database fills in by itself is read from it when it is first asked for. Raises what `save()` raises of
    the database, OperationalError where a lock is waited for longer than `lock_seconds`, which hold for the rest of
    the transaction, and ValueError for a row that is stored already.
    """
    first = () if lock_seconds is None else (_WAITING_NO_LONGER % round(1000 * lock_seconds),)
    insertion = _insertion(rows, beside, *first)
    if not insertion.parts:
        return []
    with preparing_cursor(insertion.connection, AtOnce) as cursor:
        cursor.execute(insertion.statement, insertion.parameters)
        found = cursor.fetchone()
    said = len(found) - len(beside)
    numbers = found[said - len(insertion.numbered) : said]
    insertion.finish(rows, dict(zip(insertion.numbered, numbers, strict=True)))
    return list(found[said:])


def insert_all(
    many: Sequence[tuple[Sequence[models.Model], Sequence[Beside]]], last: Sequence[Beside], seconds: float
) -> None:
    """Write each of `many`, rows and statements beside them, and after them `last`, by one transaction of their own.

    They are sent together, so nothing that they return is known. Raises what the database refuses them with, and
    OperationalError where locks are waited for longer than `seconds`, all together, but for what one of the statements
    waits for one after the other; then nothing was written. Raises TransactionManagementError within somebody's
    transaction, which their COMMIT would end.
    """
    first = _WAITING_NO_LONGER_IN_ALL % round(1000 * seconds)
    insertions = [_insertion(rows, beside, first) for rows, beside in (*many, ((), last))]
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.in_atomic_block:
        raise TransactionManagementError("insert_all() must run outside of any transaction.")
    with preparing_cursor(connection, AtOnce) as cursor, connection.wrap_database_errors:
        driven = connection.connection
        refused: list[BaseException] = []
        try:
            # The driver's own transactions do not hear of what fails in a pipeline before it ends.
            with driven.pipeline():
                try:
                    driven.execute("BEGIN")
                    for insertion in insertions:
                        cursor.execute(insertion.statement, insertion.parameters)
                    commit = driven.execute("COMMIT")
                except BaseException as error:  # noqa: BLE001  raised below
                    # If the driver knew, it would log what the pipeline says of all that comes after it.
                    refused.append(error)
        except BaseException as error:  # noqa: BLE001  raised below
            refused.append(error)
        if not refused and commit.statusmessage != "COMMIT":
            # Of a transaction that has failed before, the server rolls back by a COMMIT, and calls that no error.
            refused.append(psycopg.OperationalError("The transaction was rolled back."))
        if refused:
            _leave_transaction(connection)
            raise refused[0]


def _leave_transaction(connection: Any) -> None:
    """Have whoever comes next on `connection` begin outside of any transaction, or over a new line if this one broke.

    A transaction is also open where something could not even be sent.
    """
    info = connection.connection.info
    if info.transaction_status in {TransactionStatus.INERROR, TransactionStatus.INTRANS}:
        # The line may break just then.
        with suppress(psycopg.Error):
            connection.connection.rollback()
    if info.transaction_status != TransactionStatus.IDLE:
        connection.close()


def _insertion(rows: Sequence[models.Model], beside: Sequence[Beside], *first: str) -> "_Insertion":
    insertion = _Insertion(first)
    for row in rows:
        if not row._state.adding:
            raise ValueError(f"This {row._meta.verbose_name} is stored already.")
        for table in _tables(type(row)):
            insertion.add(table, row)
    for place, statement in enumerate(beside):
        insertion.add_beside(place, statement)
    return insertion


@dataclass(frozen=True)
class _Column:
    """One column of a table: whether its field refers to a row, and whether that is the row itself, in its parent's.

    Whatever is `as_it_is`, of that very type, is written as the field would prepare it; None is not written at all
    where the column `is_empty_by_itself`.
    """

    field: Any
    name: str
    refers: bool
    is_of_parent: bool
    as_it_is: type | None
    is_empty_by_itself: bool


@dataclass(frozen=True)
class _Table:
    """One table of a kind of row: with inheritance, a row is an INSERT for each."""

    name: str
    key: str
    key_attribute: str
    columns: tuple[_Column, ...]


@cache
def _tables(kind: type[models.Model]) -> tuple[_Table, ...]:
    """Return the tables of `kind`, the outermost parent's first."""
    options = [parent._meta for parent in reversed(kind.__mro__) if parent in {*kind._meta.all_parents, kind}]
    return tuple(
        _Table(f'"{of.db_table}"', f'"{of.pk.column}"', of.pk.attname, tuple(map(_column, of.local_concrete_fields)))
        for of in options
    )


def _column(field: Any) -> _Column:
    refers = isinstance(field, ForeignObject)
    return _Column(
        field,
        f'"{field.column}"',
        refers,
        refers and bool(field.remote_field.parent_link),
        _as_it_is(type(field)),
        field.primary_key or (field.null and field.db_default is NOT_PROVIDED),
    )


def _as_it_is(kind: Any) -> type | None:
    """Return the type of which a field of `kind` writes every value as it is."""
    ours = (kind.get_db_prep_save, kind.get_db_prep_value, kind.get_prep_value)
    for of_django, written in ((models.CharField, str), (models.TextField, str), (models.IntegerField, int)):
        if ours == (of_django.get_db_prep_save, of_django.get_db_prep_value, of_django.get_prep_value):
            return written
    return None


@lru_cache(maxsize=256)
def _statement(parts: tuple[str, ...], said: tuple[str, ...]) -> str:
    """Return `parts` as one statement, with $1, $2 where its values are: there are few, and each comes often."""
    first, *others = f"WITH {', '.join(parts)} SELECT {', '.join(said)}".split("%s")
    return first + "".join(f"${place}{words}" for place, words in enumerate(others, start=1))


class _Insertion:
    """The parts of one statement. Every name in it is one of our own models."""

    def __init__(self, first: Sequence[str]) -> None:
        self.connection = connections[DEFAULT_DB_ALIAS]
        # What is asked for first is carried out first.
        self._first = first
        self.parts: list[str] = []
        self.parameters: list[Any] = []
        # By the identity of a row that is new: what is its number.
        self.numbered: dict[int, str] = {}
        self._besides: list[str] = []

    @property
    def statement(self) -> str:
        """The whole in SQL, with $1, $2 where its values are; its last columns are the numbers, and what was said
        beside them.
        """
        return _statement(tuple(self.parts), (*self._first, *self.numbered.values(), *self._besides))

    def add_beside(self, place: int, statement: Beside) -> None:
        """Add a statement of somebody else's."""
        name, written = statement.name or f"beside_{place}", statement.sql
        if (of := statement.of) is not None:
            written = written.replace(NUMBER, self.numbered.get(id(of)) or str(int(of.pk)))
        self.parts.append(f"{name} AS ({written})")
        self.parameters.extend(statement.parameters)
        self._besides.append(f"ARRAY(SELECT said FROM {name})")  # noqa: S608

    def add(self, table: _Table, row: models.Model) -> None:
        """Add the INSERT of `row` into one of its tables."""
        known, columns, values = row.__dict__, [], []
        for column in table.columns:
            field = column.field
            if column.refers:
                other = row if column.is_of_parent else field.get_cached_value(row, None)
                if (number := self.numbered.get(id(other))) is not None:
                    columns.append(column.name)
                    values.append(number)
                    continue
                if other is not None and other is not row:
                    # It may have had no number yet when it was named.
                    known[field.attname] = other.pk
            value = field.pre_save(row, True)
            if (value is None and column.is_empty_by_itself) or isinstance(value, DatabaseDefault):
                # The database fills it in.
                continue
            columns.append(column.name)
            values.append("%s")
            is_ready = value is None or type(value) is column.as_it_is
            self.parameters.append(value if is_ready else field.get_db_prep_save(value, self.connection))
        name = f"row_{len(self.parts)}"
        inserted = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join(values)})"  # noqa: S608
        self.parts.append(f"{name} AS ({inserted} RETURNING {table.key})")
        if row.pk is None:
            self.numbered.setdefault(id(row), f"(SELECT {table.key} FROM {name})")  # noqa: S608

    def finish(self, rows: Sequence[models.Model], numbers: dict[int, Any]) -> None:
        """Have the rows know that they are stored, and where."""
        for row in rows:
            known, number = row.__dict__, numbers.get(id(row))
            row._state.adding, row._state.db = False, self.connection.alias
            for table in _tables(type(row)):
                for column in table.columns:
                    field = column.field
                    if column.refers and (other := field.get_cached_value(row, None)) is not None:
                        known[field.attname] = other.pk
                    elif isinstance(known.get(field.attname), DatabaseDefault):
                        del known[field.attname]
                if number is not None:
                    known[table.key_attribute] = number
