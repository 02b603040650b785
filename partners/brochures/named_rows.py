"""How does a form wait for what it names, where somebody deletes it, before anybody else waits for the form?

The foreign keys hold each row that is named, too, but at the commit. By then the form has locked rows of limits that
are everybody's, and whoever sends one at that moment would wait with it until the deletion has ended.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import models

from partners.inserting import Beside

# As the deletion of a partner, of a form and of a brochure lock them: in another order each might wait for the other.
# What is not listed comes last.
_ORDER = (
    "partners_partnerpage",
    "partners_staffrecipient",
    "partners_partnerarticlepage",
    "partners_brochurerequestpage",
    "partners_brochurefile",
    "partners_brochure",
)


def holding_named(rows: Iterable[models.Model]) -> tuple[Beside, ...]:
    """Return the statement that holds what new `rows` name until the transaction ends, as foreign keys do; or none.

    It is to be carried out before anything is locked that others need. What is gone is passed over: the foreign keys
    say so.
    """
    named: dict[tuple[int, str, str], set[int]] = {}
    for row in rows:
        for field, table in _references(type(row)):
            other = field.get_cached_value(row, None)
            # Another row of the same statement has no number yet, and nobody else sees it.
            number = getattr(row, field.attname) if other is None else other.pk
            if number is not None:
                named.setdefault(table, set()).add(number)
    if not named:
        return ()
    places = sorted(named)
    # Parts of a UNION ALL are carried out one after the other, and each whole, since nobody asks for less.
    parts = (
        f'SELECT 1 AS said FROM (SELECT FROM "{table}" WHERE "{key}" = ANY(%s) ORDER BY "{key}" FOR KEY SHARE) AS one'  # noqa: S608
        for _place, table, key in places
    )
    return (Beside(" UNION ALL ".join(parts), [sorted(named[place]) for place in places]),)


@cache
def _references(kind: type[models.Model]) -> list[tuple[Any, tuple[int, str, str]]]:
    """Return the fields of `kind` that name a row that is not its own, and of what: place, table and key."""
    fields = [field for field in kind._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    return [(field, _table(field)) for field in fields if not field.remote_field.parent_link]


def _table(field: Any) -> tuple[int, str, str]:
    of = field.related_model._meta
    place = _ORDER.index(of.db_table) if of.db_table in _ORDER else len(_ORDER)
    return place, of.db_table, of.pk.column
