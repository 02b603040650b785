"""How does the desk erase one request, and no more of the person?"""

from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.permissions import policy_registry

from partners.brochures.erasing import erase_requests, held_of
from partners.brochures.forgetting import holdings
from partners.brochures.person import requests_of
from partners.brochures.submission import Submission
from partners.submissions.access import visible_to
from partners.submissions.act_view import ActView
from partners.submissions.person_page import URL_NAME as PERSON_URL_NAME

URL_NAME = "erase_request"


class EraseView(ActView):
    """GET shows what will go, POST erases it."""

    page_title = gettext_lazy("Erase personal data")
    header_icon = "bin"
    permission_required = "erase"
    index_url_name = "brochure_requests:index"
    inspect_url_name = "brochure_requests:inspect"
    template_name = "partners/submissions/confirm_erase.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how much will go, and how many other requests the person has."""
        submission: Submission = self.object
        counts = held_of([submission.pk], "") if submission.email else {}
        return {
            **super().get_context_data(**kwargs),
            "held": [(holding.label, counts[holding.name]) for holding in holdings() if counts.get(holding.name)],
            "others": len(requests_of(submission.email)) - 1 if submission.email else 0,
            "person_url": reverse(PERSON_URL_NAME),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        """Erase it, once, and return to what is left of the request."""
        run = erase_requests(visible_to(request.user).filter(pk=self.object.pk), by=cast(User, request.user))
        if run.requests:
            messages.success(request, _("%(reference)s says nothing of anybody any more.") % {"reference": self.object})
        else:
            messages.warning(request, _("It had been erased already."))
        return redirect(self.detail_url)


def erase_buttons(submission: Submission, user: Any) -> list[Button]:
    """Return the button of the request's page that leads here, for whoever may and while there is anything to erase."""
    policy = policy_registry.get_by_type(Submission)
    if not submission.email or not policy.user_has_permission(user, "erase"):
        return []
    url = reverse(URL_NAME, args=[submission.pk])
    return [Button(_("Erase personal data"), url=url, icon_name="bin", priority=90)]


def admin_urls() -> list[URLPattern]:
    """Return the address below the admin's."""
    return [path("brochure-requests/<int:pk>/erase/", EraseView.as_view(), name=URL_NAME)]
