"""How are requests listed, found and filtered in the admin?"""

from typing import Any

import django_filters
from django.conf import settings
from django.forms import CheckboxSelectMultiple
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn
from wagtail.admin.views import generic

from partners.brochures.brochure import Brochure
from partners.brochures.submission import Submission
from partners.submissions.access import visible_to
from partners.submissions.access_log import record_list
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.mail_words import WORDS, MailWords, mail_words
from partners.submissions.quarantine_view import sign_words


class SubmissionFilterSet(WagtailFilterSet):
    """What the desk narrows the list by."""

    mail_state = django_filters.MultipleChoiceFilter(
        label=_("State of the mail"),
        choices=[(state, words.label) for state, words in WORDS.items()],
        widget=CheckboxSelectMultiple,
    )
    brochure = django_filters.ModelMultipleChoiceFilter(
        label=_("Brochure"), queryset=Brochure.objects.all(), widget=CheckboxSelectMultiple
    )
    language = django_filters.MultipleChoiceFilter(
        label=_("Language"), choices=settings.LANGUAGES, widget=CheckboxSelectMultiple
    )
    created_at = django_filters.DateFromToRangeFilter(label=_("Asked"), widget=DateRangePickerWidget)

    class Meta:
        model = Submission
        fields: list[str] = []


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
    resend_url_name = ""

    @cached_property
    def list_display(self) -> list[str | BaseColumn]:
        """Return the columns; the first one links to the request."""
        return [
            "reference",
            WhoColumn("name", label=_("Who"), sort_key="name", width="24%"),
            Column("brochure_title", label=_("Brochure"), sort_key="brochure_title"),
            Column("article_title", label=_("Article"), sort_key="article_title"),
            DateColumn("created_at", label=_("Asked"), sort_key="created_at", width="12%"),
            MailColumn("mail_state", label=_("Mail"), sort_key="mail_state"),
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

    def get_list_more_buttons(self, instance: Submission) -> list[Any]:
        """Offer to resend beside what Wagtail offers."""
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if self.user_has_permission("resend"):
            url = reverse(self.resend_url_name, args=[instance.pk])
            buttons.append(MenuItem(_("Resend"), url=url, icon_name="mail", priority=30))
        return buttons
