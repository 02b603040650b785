"""How does the desk confirm that a brochure goes out again?"""

from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from partners.submissions.act_view import ActView
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.mail_words import mail_words
from partners.submissions.resend import ResendRefused, check_resend, newest_message, resend_brochure


class SeenForm(forms.Form):
    """Which letter was the newest when the user was asked."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ResendView(ActView):
    """GET asks, POST sends."""

    page_title = gettext_lazy("Resend the brochure")
    header_icon = "mail"
    template_name = "partners/submissions/confirm_resend.html"

    def get_base_object_queryset(self) -> SubmissionQuerySet:
        """Add what the page shows of the last letter."""
        return super().get_base_object_queryset().with_mail().select_related("brochure_file")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is about to be sent, or why it cannot be."""
        submission: Any = self.object
        refused = None
        try:
            check_resend(submission)
        except ResendRefused as refusal:
            refused = refusal.reason
        newest = newest_message(submission)
        return {
            **super().get_context_data(**kwargs),
            "mail": mail_words(submission.mail_state, submission.mail_attempts),
            "refused": refused,
            "form": SeenForm(initial={"seen": newest.pk if newest else None}),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        """Send again, once, and go back to the request with a word about it."""
        form = SeenForm(request.POST)
        seen = form.cleaned_data["seen"] if form.is_valid() else None
        try:
            resend_brochure(self.object, by=cast(User, request.user), seen=seen)
        except ResendRefused as refusal:
            messages.warning(request, _("Not sent. %(reason)s") % {"reason": refusal.reason})
        else:
            # By reference: a message travels in a cookie, where an address has no business.
            messages.success(
                request, _("%(reference)s: the brochure is on its way again.") % {"reference": self.object}
            )
        return redirect(self.detail_url)
