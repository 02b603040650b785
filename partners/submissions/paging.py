"""How is a long table shown in pages without counting it?"""

from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Page
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.paginator import WagtailPaginator

from partners.numbers import number_in

# Nobody turns pages for longer than this: who looks for an older row narrows the list.
MOST_ROWS = 10_000
# So many pages behind the one that is shown are looked for, so that there is something to turn to.
PAGES_AHEAD = 5


class CountlessPaginator(WagtailPaginator):
    """Pages of a table of any length: only the rows up to some pages behind the one that is shown are counted.

    `count` is the number of rows that are known of; `has_more` says that there are more, `is_cut` that the pages end
    before them, at MOST_ROWS.
    """

    _reach: int | None = None

    def get_page(self, number: Any) -> Page[Any]:
        """Return the page of that number, or the nearest that there is."""
        asked = number_in(str(number)) or 1
        self._reach = min((asked + PAGES_AHEAD) * self.per_page, MOST_ROWS)
        return super().get_page(asked)

    @property
    def _most(self) -> int:
        return MOST_ROWS if self._reach is None else self._reach

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        # The order stays: the database then finds them by the index by which it finds the page.
        return rows.values("pk")[: self._most + 1].count() if isinstance(rows, QuerySet) else len(rows)

    @cached_property
    def count(self) -> int:
        """The number of rows that its pages show."""
        return min(self._counted, self._most)

    @cached_property
    def has_more(self) -> bool:
        """Whether there are rows that are not counted."""
        return self._counted > self._most

    @cached_property
    def is_cut(self) -> bool:
        """Whether there are rows to which no page leads."""
        return self.has_more and self.count >= MOST_ROWS

    @cached_property
    def items_count_label(self) -> str:
        """How many rows there are, in words."""
        if not self.has_more:
            return str(super().items_count_label)
        words = {"number": intcomma(self.count), "things": self.verbose_name_plural}
        return _("more than %(number)s %(things)s") % words
