"""How is a long table shown in pages without counting it?"""

from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.paginator import WagtailPaginator

# Nobody turns pages for longer than this: who looks for an older row narrows the list.
MOST_ROWS = 10_000


class CountlessPaginator(WagtailPaginator):
    """Pages of the first MOST_ROWS rows. No more are counted or skipped, however long the table is.

    `count` is the number of rows that can be reached; `is_cut` says that there are more.
    """

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        if isinstance(rows, QuerySet):
            # Which rows are counted does not matter, and an order would cost a sort.
            return rows.order_by().values("pk")[: MOST_ROWS + 1].count()
        return len(rows)

    @cached_property
    def count(self) -> int:
        """The number of rows that its pages show."""
        return min(self._counted, MOST_ROWS)

    @cached_property
    def is_cut(self) -> bool:
        """Whether there are rows that its pages do not show."""
        return self._counted > MOST_ROWS

    @cached_property
    def items_count_label(self) -> str:
        """How many rows there are, in words."""
        if not self.is_cut:
            return str(super().items_count_label)
        words = {"number": intcomma(MOST_ROWS), "things": self.verbose_name_plural}
        return _("more than %(number)s %(things)s") % words
