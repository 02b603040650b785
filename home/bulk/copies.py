"""How are many rows made of one, in any table, without naming its columns?

`made` is a temporary table with a row for each row to be. What it does not say is as in the row that it is like.
"""

from typing import Any

_COPY = """
INSERT INTO {table} SELECT (jsonb_populate_record(kind, jsonb_build_object({changes}))).*
FROM {table} kind JOIN made ON kind.{key} = made.like_id ORDER BY made.id
"""

# What the pages refer to by columns that were copied: texts and what hangs on a page are not, nor these columns.
_REFERENCES = """
INSERT INTO wagtailcore_referenceindex (content_type_id, base_content_type_id, object_id, to_content_type_id,
    to_object_id, model_path, content_path, content_path_hash)
SELECT kind.content_type_id, kind.base_content_type_id, made.id::text, kind.to_content_type_id,
    kind.to_object_id, kind.model_path, kind.content_path, kind.content_path_hash
FROM wagtailcore_referenceindex kind JOIN made ON kind.object_id = made.like_id::text
JOIN django_content_type base ON base.id = kind.base_content_type_id
WHERE (base.app_label, base.model) = ('wagtailcore', 'page') AND kind.model_path NOT LIKE '%.%'
    AND kind.model_path NOT IN ('latest_revision', 'live_revision', 'alias_of', 'partner_campaign')
"""


def copy_rows(cursor: Any, table: str, key: str, changes: str) -> None:
    """Copy the rows of `table` that `made.like_id` names by `key`; `changes` are names and SQL values in turn."""
    cursor.execute(_COPY.format(table=table, key=key, changes=changes))  # names of our own tables, never input


def copy_references(cursor: Any) -> None:
    """Write what the pages of `made` refer to into Wagtail's index, which says where a picture is used."""
    cursor.execute(_REFERENCES)
