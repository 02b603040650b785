"""How are requests listed in the admin?"""

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import BaseButton, Button, ButtonWithDropdown, HeaderButton

from partners.brochures.submission import Submission
from partners.submissions.access import visible_to
from partners.submissions.access_log import record_list
from partners.submissions.bulk.actions import buttons_for
from partners.submissions.bulk.progress import MINE as MY_BULK_ACTIONS
from partners.submissions.columns import add_facts, chosen_names, columns_named
from partners.submissions.columns_view import URL_NAME as CHOOSE_COLUMNS
from partners.submissions.filtered import FilteredList
from partners.submissions.filters import SubmissionFilterSet
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.paging import CountlessPaginator
from partners.submissions.saved_filter_views import filter_buttons

# As Wagtail's script for bulk actions and its table call them.
_KIND = "submission"


class SubmissionIndexView(FilteredList, generic.IndexView):
    """The desk's list: newest first, each row read without a query of its own (titles are the request's copies)."""

    template_name = "partners/submissions/desk_list.html"
    any_permission_required = ["view"]
    paginator_class = CountlessPaginator
    resend_url_name = ""

    @cached_property
    def column_names(self) -> list[str]:
        """The columns that the user has chosen."""
        return chosen_names(self.request.user)

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Return the columns; the reference links to the request."""
        ticks = [BulkActionsCheckboxColumn("bulk_actions", obj_type=_KIND)] if self.bulk_buttons else []
        title = self._get_title_column("reference", TitleColumn, get_title_id=lambda row: f"{_KIND}_{row.pk}_title")
        # Sorted by nothing that has no index: a million rows would be sorted for each page.
        title.sort_key = None
        return [*ticks, title, *columns_named(self.column_names)]

    @cached_property
    def bulk_buttons(self) -> list[BaseButton]:
        """What may be done to the ticked requests."""
        return list(buttons_for(self.request.user))

    def get_base_queryset(self) -> SubmissionQuerySet:
        """Return what this user may see, with the state of the newest letter."""
        return visible_to(self.request.user).with_mail()

    def order_queryset(self, queryset: SubmissionQuerySet) -> SubmissionQuerySet:
        """Order as asked; equal rows newest first, so that no row is on two pages."""
        return queryset.order_by(self.ordering, "-created_at", "-pk")

    def search_queryset(self, queryset: SubmissionQuerySet) -> SubmissionQuerySet:
        """Keep what contains every word of the search."""
        return queryset.matching(self.search_query)

    def paginate_queryset(self, queryset: Any, page_size: int) -> tuple[Any, Any, Any, bool]:
        """Add to the rows of the page what their columns show of other tables: once for all of them."""
        paginator, page, rows, has_others = super().paginate_queryset(queryset, page_size)
        page.object_list = add_facts(list(rows), self.column_names)
        return paginator, page, page.object_list, has_others

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Write down what is about to be shown."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        record_list(self.request, SubmissionFilterSet, len(context["object_list"]))
        return {**context, "bulk_buttons": self.bulk_buttons}

    @cached_property
    def header_buttons(self) -> list[BaseButton]:
        """Offer the saved filters and, to whoever may, to export what the list shows now."""
        buttons: list[BaseButton] = super().header_buttons
        if self.user_has_permission("export"):
            url = f"{reverse('request_export')}?{self.request.GET.urlencode()}"
            buttons.append(HeaderButton(_("Export"), url=url, icon_name="download", classname="desk-button"))
        saved = filter_buttons(self.request)
        buttons.append(
            ButtonWithDropdown(
                buttons=saved,
                label=_("Saved filters"),
                classname="desk-button w-header-button button",
                icon_name="list-ul",
            )
        )
        return buttons

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Offer to choose columns, and to look at what was done to many requests."""
        buttons: list[Button] = super().header_more_buttons
        query = self.request.GET.urlencode()
        buttons.append(Button(_("Columns"), url=f"{reverse(CHOOSE_COLUMNS)}?{query}", icon_name="table", priority=10))
        buttons.append(Button(_("My bulk actions"), url=reverse(MY_BULK_ACTIONS), icon_name="list-ul", priority=20))
        return buttons

    def get_list_more_buttons(self, instance: Submission) -> list[Any]:
        """Offer to resend beside what Wagtail offers."""
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if self.user_has_permission("resend"):
            url = reverse(self.resend_url_name, args=[instance.pk])
            buttons.append(MenuItem(_("Resend"), url=url, icon_name="mail", priority=30))
        return buttons
