"""What does the desk see of one request?"""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views import generic
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.permissions import policy_registry

from partners.brochures.admin_panels import FILE_URL_NAME
from partners.brochures.brochure import Brochure
from partners.brochures.consent_standing import standing
from partners.brochures.submission import Submission
from partners.delivery.message import State
from partners.submissions.access import visible_to
from partners.submissions.access_log import Way, record_access
from partners.submissions.erase_view import erase_buttons
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.mail_words import mail_words
from partners.submissions.quarantine_view import held_context
from partners.submissions.timeline import timeline
from partners.submissions.work_view import work_context


class SubmissionInspectView(generic.InspectView):
    """One request: what the person gave, what was asked for, the links, and the timeline."""

    any_permission_required = ["view"]
    page_title = _("Brochure request")
    template_name = "partners/submissions/detail.html"
    resend_url_name = ""
    release_url_name = ""
    spam_url_name = ""
    revoke_url_name = ""
    work_url_name = ""
    history_url_name = ""

    def get_object(self, queryset: SubmissionQuerySet | None = None) -> Submission:
        """Return the request. Raises Http404 where this user may not see it, as where it does not exist."""
        requests = visible_to(self.request.user).with_mail()
        return get_object_or_404(
            requests.select_related("brochure_file", "article", "form_page", "brochure"), pk=self.kwargs["pk"]
        )

    def get_fields(self) -> list[str]:
        """Return none: the page lays the request out itself."""
        return []

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Offer to resend to whoever may."""
        is_held = self.object.quarantined_at is not None and self.object.released_at is None
        if is_held or not self.object.email or not self.user_has_permission("resend"):
            return []
        url = reverse(self.resend_url_name, args=[self.object.pk])
        return [HeaderButton(_("Resend"), url=url, icon_name="mail")]

    def correct_buttons(self) -> list[Button]:
        """Offer to send to another address to whoever may resend."""
        if not self.header_buttons:
            return []
        url = reverse("brochure_requests:correct_address", args=[self.object.pk])
        return [Button(_("Send to a corrected address"), url=url, icon_name="mail", priority=5)]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Offer the audit log of this request, and to erase it to whoever may."""
        url = reverse(self.history_url_name, args=[self.object.pk])
        history = Button(_("History"), url=url, icon_name="history", priority=10)
        return [*self.correct_buttons(), history, *erase_buttons(self.object, self.request.user)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the template shows beside the request itself."""
        submission: Any = self.object
        record_access(Way.DETAIL, user=self.request.user, submission=submission)
        brochures = policy_registry.get_by_type(Brochure)
        may_read_file = brochures.user_has_any_permission(self.request.user, ["add", "change", "view"])
        return {
            **super().get_context_data(**kwargs),
            **held_context(
                submission,
                may_decide=self.user_has_permission("resend"),
                release_url=reverse(self.release_url_name, args=[submission.pk]),
                spam_url=reverse(self.spam_url_name, args=[submission.pk]),
            ),
            **work_context(submission, self.request.user),
            "work_url": reverse(self.work_url_name, args=[submission.pk]),
            "submission": submission,
            "mail": mail_words(submission.mail_state, submission.mail_attempts),
            "timeline": timeline(submission),
            "consents": submission.consents.select_related("wording").prefetch_related("events__user"),
            "standing": standing(submission),
            "links": submission.links.select_related("brochure_file").order_by("pk"),
            "revoke_url_name": self.revoke_url_name if self.user_has_permission("resend") else "",
            "waiting": submission.messages.filter(state=State.QUEUED).order_by("pk")
            if self.user_has_permission("resend")
            else [],
            "corrections": submission.corrections.select_related("user"),
            "now": timezone.now(),
            "file_url": (
                reverse(FILE_URL_NAME, args=[submission.brochure_file_id])
                if may_read_file and submission.brochure_file_id
                else ""
            ),
        }


class SubmissionHistoryView(HistoryView):
    """The audit log of one request."""

    any_permission_required = ["view"]
    inspect_url_name = ""

    def get_base_object_queryset(self) -> SubmissionQuerySet:
        """Return what this user may see."""
        return visible_to(self.request.user)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Write down what is about to be shown."""
        record_access(Way.DETAIL, user=self.request.user, submission=self.object, filters={"page": ["history"]})
        return super().get_context_data(*args, **kwargs)

    def get_edit_url(self, instance: Submission) -> str:
        """Return the request's page: there is nothing to edit."""
        return reverse(self.inspect_url_name, args=[instance.pk])

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Lead back to the request; Wagtail would offer to edit it."""
        return [HeaderButton(_("Brochure request"), url=self.get_edit_url(self.object), icon_name="mail")]
