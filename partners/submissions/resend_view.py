"""How does the desk confirm that a brochure goes out again?"""

from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import BaseObjectMixin, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from partners.brochures.submission import Submission
from partners.submissions.access import visible_to
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.mail_words import mail_words
from partners.submissions.resend import ResendRefused, check_resend, newest_message, resend_brochure


class SeenForm(forms.Form):
    """Which letter was the newest when the user was asked."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ResendView(PermissionCheckedMixin, BaseObjectMixin, WagtailAdminTemplateMixin, TemplateView):
    """GET asks, POST sends."""

    model = Submission
    permission_required = "resend"
    page_title = gettext_lazy("Resend the brochure")
    header_icon = "mail"
    template_name = "partners/submissions/confirm_resend.html"
    index_url_name = ""
    inspect_url_name = ""

    def get_base_object_queryset(self) -> SubmissionQuerySet:
        """Return what this user may see: anything else is not found."""
        return visible_to(self.request.user).with_mail().select_related("brochure_file")

    def get_page_subtitle(self) -> str:
        """Return the reference."""
        return str(self.object)

    @cached_property
    def detail_url(self) -> str:
        """The request's own page, where the user comes from and goes back to."""
        return reverse(self.inspect_url_name, args=[self.object.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the list over the request to here."""
        plural = capfirst(self.model._meta.verbose_name_plural)
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": plural},
            {"url": self.detail_url, "label": str(self.object)},
            {"url": "", "label": self.get_page_title(), "sublabel": str(self.object)},
        ]

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
            "submission": submission,
            "mail": mail_words(submission.mail_state, submission.mail_attempts),
            "refused": refused,
            "form": SeenForm(initial={"seen": newest.pk if newest else None}),
            "detail_url": self.detail_url,
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
