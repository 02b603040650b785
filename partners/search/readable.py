"""Which of the pages that a search finds may any visitor read, and may lists name, now?"""

from typing import Any

from django.db.models.expressions import RawSQL
from wagtail.models import Page

from partners.articles.partner_campaign import campaigns_that_unlist
from partners.articles.restrictions import closed_to_some


def readable() -> tuple[str, list[Any]]:
    """Return the condition, with its parameters, that any visitor may read the page `found.page_id`, of which there is
    an entry, and lists may name it, now.

    Nothing says otherwise of most pages, and indexes of what does are small. OFFSET has each page looked for there, in
    its order; as a join, the database may read all that nobody may.
    """
    found: Any = RawSQL("found.page_id", [])
    against: list[Any] = [closed_to_some(Page.objects.filter(pk=found)), campaigns_that_unlist(found)]
    asked = [rows.order_by().values("pk").query.sql_with_params() for rows in against]
    condition = " AND ".join(f"NOT EXISTS ({sql} OFFSET 0)" for sql, _values in asked)
    return condition, [value for _sql, values in asked for value in values]
