"""How are rows of several tables written by one statement, those too that refer to others of them?

Each row is an INSERT in a WITH of PostgreSQL; where it names a row that has no number yet, it takes the number that the
other's INSERT returns. As with Django's `bulk_create`, no `save()` and no signal is called. Constraints hold as ever.
But a trigger before one row does not see another row of the same statement; one that comes after rows sees all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import ForeignObject
from django.db.models.expressions import DatabaseDefault

from partners.preparing import AtOnce, preparing_cursor


@dataclass(frozen=True)
class Beside:
    """A statement that is carried out in the same one, after its rows; what it returns has one column, `said`.

    Each `%s` in it is one of `parameters`, and nothing else that it says.
    """

    sql: str
    parameters: Sequence[Any] = ()


def insert_rows(rows: Sequence[models.Model], *beside: Beside) -> list[list[Any]]:
    """Write new `rows`, each after those that it refers to, and give them their numbers; return what `beside` says.

    What the database fills in by itself is read from it when it is first asked for. Raises what `save()` raises of
    the database, and ValueError for a row that is stored already.
    """
    insertion = _Insertion()
    for row in rows:
        if not row._state.adding:
            raise ValueError(f"This {row._meta.verbose_name} is stored already.")
        for table in _tables(type(row)):
            insertion.add(table, row)
    for place, statement in enumerate(beside):
        insertion.add_beside(place, statement)
    if not insertion.parts:
        return []
    with preparing_cursor(insertion.connection, AtOnce) as cursor:
        cursor.execute(insertion.statement, insertion.parameters)
        found = cursor.fetchone()
    numbers = len(insertion.numbered)
    insertion.finish(rows, dict(zip(insertion.numbered, found[:numbers], strict=True)))
    return list(found[numbers:])


@dataclass(frozen=True)
class _Table:
    """One table of a kind of row: with inheritance, a row is an INSERT for each."""

    name: str
    key: str
    key_attribute: str
    # Each with its column; whether it refers to a row; and whether that is the row itself, in its parent's table.
    fields: tuple[tuple[Any, str, bool, bool], ...]


@cache
def _tables(kind: type[models.Model]) -> tuple[_Table, ...]:
    """Return the tables of `kind`, the outermost parent's first."""
    options = [parent._meta for parent in reversed(kind.__mro__) if parent in {*kind._meta.all_parents, kind}]
    return tuple(
        _Table(f'"{of.db_table}"', f'"{of.pk.column}"', of.pk.attname, tuple(map(_known, of.local_concrete_fields)))
        for of in options
    )


def _known(field: Any) -> tuple[Any, str, bool, bool]:
    refers = isinstance(field, ForeignObject)
    return field, f'"{field.column}"', refers, refers and bool(field.remote_field.parent_link)


class _Insertion:
    """The parts of one statement. Every name in it is one of our own models."""

    def __init__(self) -> None:
        self.connection = connections[DEFAULT_DB_ALIAS]
        self.parts: list[str] = []
        self.parameters: list[Any] = []
        # By the identity of a row that is new: what is its number.
        self.numbered: dict[int, str] = {}
        self._besides: list[str] = []

    @property
    def statement(self) -> str:
        """The whole in SQL, with $1, $2 where its values are; it returns the numbers, and what was said beside them."""
        said = [*self.numbered.values(), *self._besides]
        first, *others = f"WITH {', '.join(self.parts)} SELECT {', '.join(said)}".split("%s")
        return first + "".join(f"${place}{words}" for place, words in enumerate(others, start=1))

    def add_beside(self, place: int, statement: Beside) -> None:
        """Add a statement of somebody else's."""
        self.parts.append(f"beside_{place} AS ({statement.sql})")
        self.parameters.extend(statement.parameters)
        self._besides.append(f"ARRAY(SELECT said FROM beside_{place})")  # noqa: S608

    def add(self, table: _Table, row: models.Model) -> None:
        """Add the INSERT of `row` into one of its tables."""
        columns, values = [], []
        for field, column, refers, is_of_parent in table.fields:
            if refers:
                other = row if is_of_parent else field.get_cached_value(row, None)
                if (number := self.numbered.get(id(other))) is not None:
                    columns.append(column)
                    values.append(number)
                    continue
                if other is not None and other is not row:
                    # It may have had no number yet when it was named.
                    row.__dict__[field.attname] = other.pk
            value = field.pre_save(row, True)
            if isinstance(value, DatabaseDefault) or (value is None and field.primary_key):
                # The database fills it in.
                continue
            columns.append(column)
            values.append("%s")
            self.parameters.append(None if value is None else field.get_db_prep_save(value, self.connection))
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
                for field, _column, refers, _is_of_parent in table.fields:
                    if refers and (other := field.get_cached_value(row, None)) is not None:
                        known[field.attname] = other.pk
                    elif isinstance(known.get(field.attname), DatabaseDefault):
                        del known[field.attname]
                if number is not None:
                    known[table.key_attribute] = number
