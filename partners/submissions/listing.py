"""How are requests listed, found and filtered in the admin?"""

from functools import reduce
from typing import Any

import django_filters
from django.conf import settings
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import HeaderButton

from partners.articles.partner_page import PartnerPage
from partners.brochures.brochure import Brochure
from partners.brochures.consent_wording import Purpose
from partners.brochures.quarantine import CLOSED, HELD
from partners.brochures.submission import Submission, WorkStatus
from partners.submissions.access import visible_to
from partners.submissions.access_log import record_list
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.mail_words import WORDS, MailWords, mail_words
from partners.submissions.paging import CountlessPaginator
from partners.submissions.quarantine_view import sign_words
from partners.submissions.working import colleagues

# What became of the check against misuse, as the desk asks for it.
QUARANTINE: dict[str, tuple[Any, Q]] = {
    "waiting": (_("waiting for a decision"), HELD),
    "released": (_("released"), Q(released_at__isnull=False)),
    "spam": (_("closed as spam"), CLOSED),
}


def partners_by_name(request: Any) -> QuerySet[PartnerPage]:
    """Return each partner once, in the site's own language, by name."""
    return PartnerPage.objects.filter(locale__language_code=settings.LANGUAGE_CODE).order_by("title")


class SubmissionFilterSet(WagtailFilterSet):
    """What the desk narrows the list by; never distinct, since no row comes twice and finding out reads them all."""

    mail_state = django_filters.MultipleChoiceFilter(
        label=_("State of the mail"),
        choices=[(state, words.label) for state, words in WORDS.items()],
        widget=CheckboxSelectMultiple,
        method="in_mail_states",
    )
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=WorkStatus.choices, widget=CheckboxSelectMultiple, distinct=False
    )
    assignee = django_filters.ModelMultipleChoiceFilter(
        label=_("Assigned to"),
        queryset=lambda _request: colleagues(),
        widget=CheckboxSelectMultiple,
        distinct=False,
    )
    quarantine = django_filters.ChoiceFilter(
        label=_("Held back"), choices=[(code, words[0]) for code, words in QUARANTINE.items()], method="in_quarantine"
    )
    consent = django_filters.MultipleChoiceFilter(
        label=_("Consent in force"), choices=Purpose.choices, widget=CheckboxSelectMultiple, method="consenting"
    )
    partner = django_filters.ModelMultipleChoiceFilter(
        label=_("Partner"), queryset=partners_by_name, widget=CheckboxSelectMultiple, method="of_partners"
    )
    brochure = django_filters.ModelMultipleChoiceFilter(
        label=_("Brochure"), queryset=Brochure.objects.order_by("title"), widget=CheckboxSelectMultiple, distinct=False
    )
    article_title = django_filters.CharFilter(label=_("Article"), lookup_expr="icontains")
    language = django_filters.MultipleChoiceFilter(
        label=_("Language"), choices=settings.LANGUAGES, widget=CheckboxSelectMultiple, distinct=False
    )
    created_at = django_filters.DateFromToRangeFilter(label=_("Asked"), widget=DateRangePickerWidget)

    class Meta:
        model = Submission
        fields: list[str] = []

    def in_mail_states(self, queryset: SubmissionQuerySet, name: str, states: list[str]) -> SubmissionQuerySet:
        """Keep what is in one of the states, all where none is chosen."""
        return queryset.in_mail_states(states) if states else queryset

    def in_quarantine(self, queryset: SubmissionQuerySet, name: str, code: str) -> SubmissionQuerySet:
        """Keep what waits, was released or was closed."""
        return queryset.filter(QUARANTINE[code][1])

    def consenting(self, queryset: SubmissionQuerySet, name: str, purposes: list[str]) -> SubmissionQuerySet:
        """Keep what may be used for all of the purposes now."""
        return reduce(lambda found, purpose: found.consenting_to(purpose), purposes, queryset)

    def of_partners(self, queryset: SubmissionQuerySet, name: str, partners: Any) -> SubmissionQuerySet:
        """Keep what was asked for at the partners' forms, in any language."""
        keys = [partner.translation_key for partner in partners]
        pages = PartnerPage.objects.filter(translation_key__in=keys)
        return queryset.filter(partner__in=list(pages.values_list("pk", flat=True))) if keys else queryset


class WhoColumn(Column):
    """Name, address and company of the person, one below the other."""

    cell_template_name = "partners/submissions/who_cell.html"


class MailColumn(BaseColumn):
    """The state of the newest letter, in plain words."""

    cell_template_name = "partners/submissions/mail_cell.html"

    class Media:
        css = {"all": ["css/desk.css"]}

    def get_cell_context_data(self, instance: Any, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Add `mail`, the words of the annotated state, and `signs`, what speaks against the request."""
        words: MailWords = mail_words(instance.mail_state, instance.mail_attempts)
        # What was held back and released is a request like any other.
        signs = [*([] if instance.released_at else instance.quarantine_reasons), *instance.spam_notes]
        return {
            **super().get_cell_context_data(instance, parent_context),
            "mail": words,
            "signs": [sign_words(code) for code in signs],
        }


class SubmissionIndexView(generic.IndexView):
    """The desk's list: newest first, each row read without a query of its own (titles are the request's copies)."""

    any_permission_required = ["view"]
    paginator_class = CountlessPaginator
    resend_url_name = ""

    @cached_property
    def list_display(self) -> list[str | BaseColumn]:
        """Return the columns; the first one links to the request."""
        return [
            "reference",
            # Sorted by nothing that has no index: a million rows would be sorted for each page.
            WhoColumn("name", label=_("Who"), width="24%"),
            Column("brochure_title", label=_("Brochure"), classname="desk-wide"),
            Column("article_title", label=_("Article"), classname="desk-wide"),
            Column("get_status_display", label=_("Status"), classname="desk-wide"),
            DateColumn("created_at", label=_("Asked"), sort_key="created_at", width="12%"),
            MailColumn("mail_state", label=_("Mail")),
        ]

    def get_base_queryset(self) -> SubmissionQuerySet:
        """Return what this user may see, with the state of the newest letter."""
        return visible_to(self.request.user).with_mail()

    def order_queryset(self, queryset: SubmissionQuerySet) -> SubmissionQuerySet:
        """Order as asked; equal rows newest first, so that no row is on two pages."""
        return queryset.order_by(self.ordering, "-created_at", "-pk")

    def search_queryset(self, queryset: SubmissionQuerySet) -> SubmissionQuerySet:
        """Keep what contains every word of the search."""
        return queryset.matching(self.search_query)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Write down what is about to be shown."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        record_list(self.request, len(context["object_list"]))
        return context

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Offer to export what the list shows now to whoever may."""
        buttons: list[HeaderButton] = super().header_buttons
        if self.user_has_permission("export"):
            url = f"{reverse('request_export')}?{self.request.GET.urlencode()}"
            buttons.append(HeaderButton(_("Export"), url=url, icon_name="download"))
        return buttons

    def get_list_more_buttons(self, instance: Submission) -> list[Any]:
        """Offer to resend beside what Wagtail offers."""
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if self.user_has_permission("resend"):
            url = reverse(self.resend_url_name, args=[instance.pk])
            buttons.append(MenuItem(_("Resend"), url=url, icon_name="mail", priority=30))
        return buttons
