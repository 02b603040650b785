"""How are many rows made of one, in any table, without naming its columns?

`made` is a temporary table with a row for each row to be. What it does not say is as in the row that it is like.
"""

from typing import Any

_COPY = """
INSERT INTO {table} SELECT (jsonb_populate_record(kind, jsonb_build_object({changes}))).*
FROM {table} kind JOIN made ON kind.{key} = made.like_id ORDER BY made.id
"""


def copy_rows(cursor: Any, table: str, key: str, changes: str) -> None:
    """Copy the rows of `table` that `made.like_id` names by `key`; `changes` are names and SQL values in turn."""
    cursor.execute(_COPY.format(table=table, key=key, changes=changes))  # names of our own tables, never input
