"""What is the database asked, with which values? For statements whose values go beside them, not in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Statement:
    """One statement, and its values."""

    sql: str
    values: list[Any]


@contextmanager
def statements() -> Iterator[list[Statement]]:
    """Note meanwhile what this thread's connection is asked, savepoints excepted."""
    asked: list[Statement] = []

    def note(execute: Any, sql: str, values: Any, many: bool, context: dict[str, Any]) -> Any:
        if "SAVEPOINT" not in sql:
            asked.append(Statement(sql, list(values or ())))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        yield asked
