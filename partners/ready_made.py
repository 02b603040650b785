"""How is a query asked again and again, of which only the values differ, without being composed each time?

To compose a query of Django's with subqueries takes more of Python's time than to ask it and to load what it found: ten
times as much for the articles that are related to one. Here it is composed once, with slots where the values go. What
is asked is that text, which the server prepares, and rows become what Django makes of them.

What is composed once must not look at the clock, the language or the database: a moment is the database's own
(`articles/clock.py`), and what differs is a slot.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models.sql.compiler import SQLCompiler
from psycopg import sql

from partners.preparing import AtOnce, preparing_cursor

# Of each query, as many are known that were composed of something else; some 30 KB each.
MOST = 512


class Slot(models.Expression):
    """Stands in a query for the value called `name`, which is put in when the query is asked."""

    def __init__(self, name: str, output_field: "models.Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=output_field or models.BigIntegerField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return a placeholder, and this slot as its parameter."""
        return "%s", (self,)


def is_any(column: str, name: str, of: "models.Field[Any, Any] | None" = None, *, operator: str = "=") -> models.Func:
    """Return the condition that `column` equals one of the values called `name`, however many there are, or stands to
    one as `operator` says.
    """
    values = Slot(name, ArrayField(of or models.BigIntegerField()))
    return stands_to_any(models.F(column), values, operator=operator)


def stands_to_any(one: Any, values: Any, *, operator: str = "=") -> models.Func:
    """Return the condition that `one` equals any element of the array `values`, or stands to it as `operator` says;
    both are expressions.
    """
    return models.Func(
        one,
        models.Func(values, function="ANY"),
        template="%(expressions)s",
        arg_joiner=f" {operator} ",
        output_field=models.BooleanField(),
    )


@dataclass(frozen=True)
class _Text:
    """A statement, and the slots that its values go into, in their order."""

    sql: str
    slots: list[Slot]


class _Names:
    """What a queryset still asks of its query when that was compiled: what its values are called. The query itself,
    which is a hundred times as large, is not kept.
    """

    def __init__(self, query: Any) -> None:
        self.extra_select, self.values_select = tuple(query.extra_select), query.values_select
        self.annotation_select, self.selected = tuple(query.annotation_select), query.selected and tuple(query.selected)


@dataclass(frozen=True)
class _Known:
    """A query that was composed: the queryset that asks it, what its compiler knows of the rows, and its text: with
    numbers, to be prepared, and with signs, into which values are put.
    """

    queryset: Any
    names: _Names
    using: str
    rows: dict[str, Any]
    numbered: _Text
    signed: _Text


class _Composed(SQLCompiler):
    """Says of a query what was found out when it was composed, and puts values into its slots."""

    def __init__(self, known: _Known, values: dict[str, Any], *, is_prepared: bool) -> None:
        super().__init__(cast("Any", known.names), connections[known.using], known.using)
        # Looked at alone, so that threads may share them.
        self.__dict__.update(known.rows)
        self._is_prepared = is_prepared
        text = known.numbered if is_prepared else known.signed
        self._text, self._values = text.sql, [values[slot.name] for slot in text.slots]
        if is_prepared:
            # By itself the driver sends the smallest type that holds a number: a statement would be prepared for each,
            # and what is no integer is looked for in no GIN index.
            sent = zip(text.slots, self._values, strict=True)
            self._values = [slot.output_field.get_db_prep_value(one, self.connection) for slot, one in sent]

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> Any:
        return self._text, self._values

    def execute_sql(self, *args: Any, **options: Any) -> Any:
        cursors = preparing_cursor(self.connection, AtOnce) if self._is_prepared else self.connection.cursor()
        with cursors as cursor:
            cursor.execute(self._text, self._values)
            rows = cursor.fetchall()
        # What only an order needs comes behind what is asked for.
        return [[row[: self.col_count] for row in rows] if self.has_extra_select else rows]


class _Asked:
    """Stands where a queryset has its query."""

    def __init__(self, names: _Names, compiler: SQLCompiler | None = None) -> None:
        self._compiler = compiler
        self.__dict__.update(vars(names))

    def chain(self) -> "_Asked":
        return self

    def get_compiler(self, *args: Any, **options: Any) -> SQLCompiler | None:
        return self._compiler


class ReadyMade[Row]:
    """A query that is composed when it is asked first. Its prefetches are done each time."""

    def __init__(self, compose: "Callable[[], models.QuerySet[Any, Row]]") -> None:
        self._compose = compose
        self._lock = threading.Lock()
        self._known: _Known | None = None

    def rows(self, **values: Any) -> list[Row]:
        """Return what is found with `values` in the slots, each sent as what its slot is.

        The server makes one plan of it for all values. Raises KeyError where a slot has none.
        """
        return self._asked(values, is_prepared=True)

    def rows_planned_for(self, **values: Any) -> list[Row]:
        """Return the same, by a plan for these values, where the quickest way depends on them."""
        return self._asked(values, is_prepared=False)

    def _asked(self, values: dict[str, Any], *, is_prepared: bool) -> list[Row]:
        try:
            known = self._known or self._made()
        except EmptyResultSet:
            # As a queryset does of which Django knows beforehand that it finds nothing.
            return []
        asked = known.queryset._clone()
        asked._query = _Asked(known.names, _Composed(known, values, is_prepared=is_prepared))
        return list(asked)

    def _made(self) -> _Known:
        with self._lock:
            if self._known is None:
                queryset: Any = self._compose()
                compiler = queryset.query.get_compiler(using=queryset.db)
                text, parameters = compiler.as_sql()
                names = _Names(queryset.query)
                # What is copied for each question.
                queryset._query = _Asked(names)
                texts = _spelled_out(text, parameters, connections[queryset.db])
                self._known = _Known(queryset, names, queryset.db, _of_rows(compiler), *texts)
            return self._known


def _of_rows(compiler: Any) -> dict[str, Any]:
    """Return what a compiler knows of the rows when it has made the text."""
    return {
        "select": [(_light(column), _SPELLED, alias) for column, _text, alias in compiler.select],
        **{
            name: getattr(compiler, name)
            for name in ("klass_info", "annotation_col_map", "col_count", "has_extra_select")
        },
    }


def _light(column: Any) -> Any:
    """Return what a column of the answer is turned into Python by; of a subquery, its type."""
    if isinstance(column, models.expressions.Col):
        return column
    return models.ExpressionWrapper(models.Value(None), output_field=column.output_field)


# Stands where a column's own text was.
_SPELLED: tuple[str, tuple[Any, ...]] = ("", ())


def _spelled_out(text: str, parameters: Sequence[Any], connection: Any) -> tuple[_Text, _Text]:
    """Return the text with a number for each slot, and with a sign; what is no slot stands in its place, since it is
    always the same, and so known to a plan for any values.
    """
    connection.ensure_connection()
    known = {
        place: sql.Literal(one).as_string(connection.connection)
        for place, one in enumerate(parameters)
        if not isinstance(one, Slot)
    }
    signed = [one for one in parameters if isinstance(one, Slot)]
    numbered = {one.name: one for one in signed}
    number_of = {name: f"${number}" for number, name in enumerate(numbered, 1)}
    numbers = [known.get(place) or number_of[one.name] for place, one in enumerate(parameters)]
    # Through what takes values, each % comes twice.
    signs = [known[place].replace("%", "%%") if place in known else "%s" for place in range(len(parameters))]
    with_signs = text.replace("%%", "%%%%") % tuple(signs)
    return _Text(text % tuple(numbers), [*numbered.values()]), _Text(with_signs, signed)


_forgetting: list[Callable[[], None]] = []


def ready_made[**Given, Row](
    compose: "Callable[Given, models.QuerySet[Any, Row]]",
) -> Callable[Given, ReadyMade[Row]]:
    """Have `compose`, which returns a queryset of models or values with slots, do so once for whatever it is given: a
    number, a kind, something of which there are few.
    """

    @lru_cache(maxsize=MOST)
    def known(*given: Any, **named: Any) -> ReadyMade[Row]:
        return ReadyMade(lambda: compose(*given, **named))

    _forgetting.append(known.cache_clear)
    return cast("Callable[Given, ReadyMade[Row]]", known)


def compose_anew() -> None:
    """Have each query be composed anew, for tests that change what queries are made of, such as the clock."""
    for forget in _forgetting:
        forget()
