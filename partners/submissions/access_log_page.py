"""How is it read who saw which personal data?"""

import csv
from collections.abc import Iterator
from typing import Any

import django_filters
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, MultipleUserFilter, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button
from wagtail.permissions import policy_registry

from partners.brochures.submission import Submission
from partners.submissions.access import visible_to
from partners.submissions.access_log import AccessRecord, Way, asked_for, record_access
from partners.submissions.exporting.cells import csv_cell
from partners.submissions.filtered import FilteredList
from partners.submissions.paging import CountlessPaginator

INDEX = "access_log"
RESULTS = "access_log_results"


def may_audit(user: Any) -> bool:
    """Say whether `user` may read who saw what; it needs no right to see any of it."""
    return bool(policy_registry.get_by_type(Submission).user_has_permission(user, "audit"))


def who(record: AccessRecord) -> str:
    """Return the name of whoever saw the data: a user, what acted in nobody's name, or that the user is gone."""
    if record.user is None:
        return record.via or _("a user who has been removed")
    name = record.user.get_username()
    full_name = record.user.get_full_name().strip()
    shown = f"{full_name} ({name})" if full_name else name
    return f"{shown}, {record.via}" if record.via else shown


def when(record: AccessRecord) -> str:
    """Return the time to the second, in the site's time zone."""
    return timezone.localtime(record.at).strftime("%Y-%m-%d %H:%M:%S")


def filters_in_words(record: AccessRecord) -> str:
    """Return what was asked for, by the names that the list's address has for it; 'q' is the search."""
    names = {"q": _("search"), "p": _("page")}
    return "; ".join(
        f"{names.get(name, name)}: {', '.join(map(str, values if isinstance(values, list) else [values]))}"
        for name, values in record.filters.items()
    )


def reference(record: AccessRecord) -> str:
    """Return the reference of the request that was seen, where it was one."""
    return record.submission.reference if record.submission else ""


class RequestColumn(BaseColumn):
    """The reference, and a link for those who may see the request."""

    cell_template_name = "partners/submissions/access_cell.html"

    class Media:
        css = {"all": ["css/desk.css"]}

    def get_cell_context_data(self, instance: Any, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Add `reference`, and `url` where there is one."""
        return {
            **super().get_cell_context_data(instance, parent_context),
            "reference": reference(instance),
            "url": getattr(instance, "submission_url", ""),
        }


def users_who_saw(request: HttpRequest) -> QuerySet[User]:
    """Return the users in the log, by name. It is asked of each user by an index, not of a million records."""
    records = AccessRecord.objects.order_by().filter(user=OuterRef("pk"))
    return User.objects.filter(Exists(records)).order_by(User.USERNAME_FIELD)


class AccessFilterSet(WagtailFilterSet):
    """What the log is narrowed by."""

    # Not distinct: no row comes twice, and finding that out would read and sort all of them.
    way = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("What"), choices=Way.choices, widget=CheckboxSelectMultiple, distinct=False
    )
    user = MultipleUserFilter(
        label=gettext_lazy("User"), queryset=users_who_saw, widget=CheckboxSelectMultiple, distinct=False
    )
    at = django_filters.DateFromToRangeFilter(label=gettext_lazy("Date"), widget=DateRangePickerWidget)

    class Meta:
        model = AccessRecord
        fields: list[str] = []


class AccessLogView(PermissionCheckedMixin, FilteredList):
    """Every time that personal data were seen or left, newest first. The search finds a request's reference."""

    permission_required = "audit"
    page_title = gettext_lazy("Access to personal data")
    header_icon = "view"
    index_url_name = INDEX
    index_results_url_name = RESULTS
    results_template_name = "partners/submissions/access_results.html"
    is_searchable = True
    paginate_by = 50
    paginator_class = CountlessPaginator
    filterset_class = AccessFilterSet
    verbose_name_plural = AccessRecord._meta.verbose_name_plural
    columns = [
        Column("at", label=gettext_lazy("Time"), accessor=when, width="16%"),
        Column("user", label=gettext_lazy("Seen by"), accessor=who, width="20%"),
        Column("way", label=gettext_lazy("What"), accessor="get_way_display", width="16%"),
        RequestColumn("submission", label=gettext_lazy("Request"), width="14%"),
        Column("filters", label=gettext_lazy("Asked for"), accessor=filters_in_words, classname="desk-address"),
        Column("count", label=gettext_lazy("Number of requests"), width="8%"),
    ]

    @cached_property
    def permission_policy(self) -> Any:
        """The rights on requests: the log has none of its own."""
        return policy_registry.get_by_type(Submission)

    def get_base_queryset(self) -> QuerySet[AccessRecord]:
        """Return the records with what each row names."""
        return AccessRecord.objects.select_related("user", "submission").order_by("-at", "-pk")

    def search_queryset(self, queryset: QuerySet[AccessRecord]) -> QuerySet[AccessRecord]:
        """Keep the accesses to the request of that reference."""
        if not self.is_searching:
            return queryset
        return queryset.filter(submission__reference=self.search_query.strip().upper())

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Offer what is listed as a file."""
        query = self.request.GET.copy()
        query["export"] = "csv"
        return [Button(_("Download CSV"), url=f"{self.index_url}?{query.urlencode()}", icon_name="download")]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page, or hand out all that is filtered, as `?export=csv` asks."""
        if request.GET.get("export") == "csv":
            return self.hand_out()
        return super().get(request, *args, **kwargs)

    def hand_out(self) -> StreamingHttpResponse:
        """Return the records as CSV, written as they are read. They hold search words: it is an export of its own."""
        records = self.get_queryset()
        record_access(
            Way.EXPORT, user=self.request.user, via="access log", filters=asked_for(self.request, AccessFilterSet)
        )
        response = StreamingHttpResponse(_lines(records), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="access-{timezone.localdate().isoformat()}.csv"'
        return response

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Give each record of the page the address of its request, where this user may see that."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        records = list(context["object_list"])
        shown = {record.submission_id for record in records if record.submission_id}
        seen = set(visible_to(self.request.user).filter(pk__in=shown).values_list("pk", flat=True)) if shown else set()
        may_view = self.user_has_permission("view")
        for record in records:
            if record.submission_id in seen:
                name = "brochure_requests:inspect" if may_view else "partner_request"
                record.submission_url = reverse(name, args=[record.submission_id])
        context["table"] = self.get_table(records)
        context["object_list"] = records
        return context


class _Line:
    """A file for csv.writer that hands back what is written into it."""

    def write(self, line: str) -> bytes:
        return line.encode()


def _lines(records: QuerySet[AccessRecord]) -> Iterator[bytes]:
    """Yield the file line by line, in the language and the time of whoever asked: both end with the view."""
    writer = csv.writer(_Line())
    language, zone = translation.get_language(), timezone.get_current_timezone()
    headings = [_("Time"), _("Seen by"), _("What"), _("Request"), _("Asked for"), _("Number of requests")]

    def cells_of(record: AccessRecord) -> list[str]:
        count = "" if record.count is None else str(record.count)
        with translation.override(language), timezone.override(zone):
            way = str(record.get_way_display())
            return [when(record), who(record), way, reference(record), filters_in_words(record), count]

    def lines() -> Iterator[bytes]:
        # Excel takes UTF-8 for what it is by this mark alone.
        yield b"\xef\xbb\xbf"
        yield writer.writerow(headings)
        for record in records.iterator(chunk_size=2000):
            yield writer.writerow([csv_cell(cell) for cell in cells_of(record)])

    return lines()


class AccessMenuItem(MenuItem):
    """The way to the page, below 'Reports'."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Say whether the user of `request` may read it."""
        return may_audit(request.user)


def menu_item() -> AccessMenuItem:
    """Return the entry for the menu of reports."""
    label = gettext_lazy("Access to personal data")
    return AccessMenuItem(label, reverse(INDEX), name="access-log", icon_name="view", order=950)


def admin_urls() -> list[URLPattern]:
    """Return the page's addresses below the admin's."""
    return [
        path("access/", AccessLogView.as_view(), name=INDEX),
        path("access/results/", AccessLogView.as_view(results_only=True), name=RESULTS),
    ]
