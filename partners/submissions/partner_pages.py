"""What does somebody see who may read requests for the sake of a partner? A list and a page of their own, read-only.

They are not the desk's pages with parts left out: what is added to the desk must not show here by being forgotten.
"""

from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.forms import CheckboxSelectMultiple
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from partners.brochures.consent_record import ConsentRecord
from partners.brochures.consent_wording import Purpose
from partners.brochures.handed_over import COLUMN_WORDS, handed_over
from partners.brochures.submission import Submission
from partners.submissions.access import is_partner_viewer, visible_to
from partners.submissions.access_log import Way, record_access, record_list
from partners.submissions.filtered import FilteredList
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.paging import CountlessPaginator
from partners.submissions.partner_viewer import PartnerViewer

INDEX = "partner_requests"
RESULTS = "partner_requests_results"
DETAIL = "partner_request"
TITLE = _("Brochure requests")


def for_partners_of(user: Any) -> SubmissionQuerySet:
    """Return what a partner viewer may see, each request with its consent to the handover as `handovers`."""
    consents = ConsentRecord.objects.filter(purpose=Purpose.HANDOVER).select_related("wording")
    return visible_to(user).prefetch_related(Prefetch("consents", queryset=consents, to_attr="handovers"))


def containing(requests: SubmissionQuerySet, text: str) -> SubmissionQuerySet:
    """Keep the requests that contain every word of `text` in what the partner gets to see of them.

    A column counts only where the sentence of the consent has a word for it: nobody is found by what is not shown.
    """
    consents = ConsentRecord.objects.filter(submission=OuterRef("pk"), purpose=Purpose.HANDOVER)
    named = {
        column: Exists(consents.filter(reduce(or_, (Q(text__icontains=word) for word in words))))
        for column, words in COLUMN_WORDS.items()
    }
    for word in text.split():
        found = Q(reference__icontains=word) | Q(brochure_title__icontains=word)
        for column, is_named in named.items():
            found |= Q(**{f"{column}__icontains": word}) & Q(is_named)
        requests = requests.filter(found)
    return requests


class PartnerFilterSet(WagtailFilterSet):
    """What the list is narrowed by."""

    language = django_filters.MultipleChoiceFilter(
        label=_("Language"), choices=settings.LANGUAGES, widget=CheckboxSelectMultiple, distinct=False
    )
    created_at = django_filters.DateFromToRangeFilter(label=_("Asked"), widget=DateRangePickerWidget)

    class Meta:
        model = Submission
        fields: list[str] = []


class HandedOverColumn(BaseColumn):
    """What the person agreed to have handed over."""

    cell_template_name = "partners/submissions/handed_over_cell.html"

    class Media:
        css = {"all": ["css/desk.css"]}

    def get_cell_context_data(self, instance: Any, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Add `handed`."""
        return {
            **super().get_cell_context_data(instance, parent_context),
            "handed": handed_over(instance, instance.handovers[0]),
        }


class PartnerListView(FilteredList):
    """The requests that were handed over to the partners of this user, newest first."""

    page_title = TITLE
    header_icon = "mail"
    index_url_name = INDEX
    index_results_url_name = RESULTS
    is_searchable = True
    paginate_by = 25
    paginator_class = CountlessPaginator
    default_ordering = "-created_at"
    filterset_class = PartnerFilterSet
    verbose_name_plural = Submission._meta.verbose_name_plural
    columns = [
        TitleColumn("reference", label=_("Reference"), url_name=DETAIL),
        HandedOverColumn("who", label=_("Who")),
        Column("brochure_title", label=_("Brochure")),
        DateColumn("created_at", label=_("Asked"), sort_key="created_at"),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever is no partner viewer; Wagtail turns the refusal into a message."""
        if not is_partner_viewer(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> SubmissionQuerySet:
        """Return what this user may see."""
        return for_partners_of(self.request.user)

    def order_queryset(self, queryset: SubmissionQuerySet) -> SubmissionQuerySet:
        """Order as asked; equal rows newest first, so that no row is on two pages."""
        sign = "" if self.ordering == "created_at" else "-"
        return queryset.order_by(f"{sign}created_at", f"{sign}pk")

    def search_queryset(self, queryset: SubmissionQuerySet) -> SubmissionQuerySet:
        """Keep what contains every word of the search."""
        return containing(queryset, self.search_query)

    @cached_property
    def no_results_message(self) -> Any:
        """Say so where nothing is listed because nobody has tied the user to a partner."""
        if not PartnerViewer.objects.filter(user=self.request.user.pk).exists():
            return _("You are not tied to a partner yet. Ask those who answer readers.")
        return super().no_results_message

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Write down what is about to be shown."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        record_list(self.request, PartnerFilterSet, len(context["object_list"]))
        return context


class PartnerDetailView(WagtailAdminTemplateMixin, TemplateView):
    """One request: what its person agreed to have handed over, and in which words."""

    page_title = _("Brochure request")
    header_icon = "mail"
    template_name = "partners/submissions/partner_detail.html"

    @cached_property
    def submission(self) -> Any:
        """The request. Raises Http404 where this user may not see it, as where it does not exist."""
        if not is_partner_viewer(self.request.user):
            raise Http404
        return get_object_or_404(for_partners_of(self.request.user), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Return the reference."""
        return str(self.submission)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the list to here."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse(INDEX), "label": TITLE},
            {"url": "", "label": self.page_title, "sublabel": str(self.submission)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Write down what is about to be shown, and add it."""
        record = self.submission.handovers[0]
        record_access(Way.DETAIL, user=self.request.user, submission=self.submission)
        return {
            **super().get_context_data(**kwargs),
            "submission": self.submission,
            "record": record,
            "handed": handed_over(self.submission, record),
        }


class PartnerMenuItem(MenuItem):
    """The way to the list, for partner viewers: whoever sees all requests has the desk."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Say whether the user of `request` is a partner viewer."""
        return is_partner_viewer(request.user)


def menu_item() -> PartnerMenuItem:
    """Return the entry for the main menu."""
    return PartnerMenuItem(TITLE, reverse(INDEX), name="partner-requests", icon_name="mail", order=150)


def admin_urls() -> list[URLPattern]:
    """Return the addresses below the admin's."""
    return [
        path("partner-requests/", PartnerListView.as_view(), name=INDEX),
        path("partner-requests/results/", PartnerListView.as_view(results_only=True), name=RESULTS),
        path("partner-requests/<int:pk>/", PartnerDetailView.as_view(), name=DETAIL),
    ]
