"""What does a list of the desk show where one of its filters names what does not exist, or does not exist any more?"""

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.views.generic.base import BaseListingView


class FilteredList(BaseListingView):
    """A list that then shows nothing and says so.

    Wagtail's own would leave all filters aside: whoever opens a kept one would take everything for what it names.
    """

    def filter_queryset(self, queryset: Any) -> Any:
        """Keep what the filters name."""
        return super().filter_queryset(queryset) if self.is_understood else queryset.none()

    @cached_property
    def is_understood(self) -> bool:
        """Whether every filter names something."""
        return not self.filters or bool(self.filters.is_valid())

    @cached_property
    def no_results_message(self) -> Any:
        """Say why there is nothing."""
        if not self.is_understood:
            return _(
                "Nothing is shown: a filter names something that does not exist, or not any more. "
                "Choose the filters anew."
            )
        return super().no_results_message
