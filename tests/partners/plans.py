"""How does the database go about what it is asked?"""

from collections.abc import Callable
from typing import Any

from django.db import connection


def plans_of(read: Callable[[], Any], *tables: str, options: str = "") -> list[str]:
    """Return the plan of each query of `read` that names one of `tables`, of which the database knows how full they
    are; `options` are EXPLAIN's. Raises AssertionError where there was none.
    """
    plans: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if any(table in sql for table in tables):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {options} {sql}", params)
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")
    with connection.execute_wrapper(explain):
        read()
    assert plans
    return plans
