"""What may the desk's list be narrowed by?"""

from functools import reduce
from typing import Any

import django_filters
from django.conf import settings
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet

from partners.articles.partner_page import PartnerPage
from partners.brochures.brochure import Brochure
from partners.brochures.consent_wording import Purpose
from partners.brochures.quarantine import CLOSED, HELD
from partners.brochures.submission import Submission, WorkStatus
from partners.submissions.inbox import HELD_AFTER_RESTORE, SubmissionQuerySet
from partners.submissions.mail_words import WORDS
from partners.submissions.working import colleagues

# Other things of the admin have a status as well, which Chinese calls otherwise.
STATUS = pgettext_lazy("how far the desk is", "Status")
# What became of the check against misuse, as the desk asks for it.
QUARANTINE: dict[str, tuple[Any, Q]] = {
    "waiting": (_("waiting for a decision"), HELD),
    "released": (_("released"), Q(released_at__isnull=False)),
    "spam": (_("closed as spam"), CLOSED),
    "restored": (_("held after a restore"), HELD_AFTER_RESTORE),
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
        label=STATUS, choices=WorkStatus.choices, widget=CheckboxSelectMultiple, distinct=False
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
