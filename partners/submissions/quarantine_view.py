"""How does the desk decide about a request that is held back?"""

from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from partners.brochures.quarantine import NotReleased, mark_as_spam, release
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from partners.submissions.access import visible_to


class DecisionView(PermissionCheckedMixin, View):
    """A button of the request's page: a POST decides and goes back there; nothing else is answered."""

    model = Submission
    permission_required = "resend"
    http_method_names = ["post"]
    inspect_url_name = ""

    def decide(self, submission: Submission, by: User) -> str:
        """Do it and return a sentence about it, in which the request goes by its reference. Raises NotReleased."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Decide, once. Raises Http404 where this user may not see the request."""
        submission = get_object_or_404(visible_to(request.user), pk=pk)
        try:
            done = self.decide(submission, cast(User, request.user))
        except NotReleased as refusal:
            messages.warning(request, _("Nothing was done. %(reason)s") % {"reason": refusal.reason})
        else:
            messages.success(request, done)
        return redirect(reverse(self.inspect_url_name, args=[pk]))


class ReleaseView(DecisionView):
    """Releases a request and sends its brochure."""

    def decide(self, submission: Submission, by: User) -> str:
        """Release it."""
        if release(submission, by) is None:
            return _("%(reference)s is released. It had got its brochure before, and gets no other.") % {
                "reference": submission
            }
        return _("%(reference)s is released: the brochure is on its way.") % {"reference": submission}


class SpamView(DecisionView):
    """Closes a request as spam."""

    def decide(self, submission: Submission, by: User) -> str:
        """Close it."""
        mark_as_spam(submission, by)
        return _("%(reference)s is closed as spam. Nothing was sent.") % {"reference": submission}


def held_context(submission: Submission, may_decide: bool, release_url: str, spam_url: str) -> dict[str, Any]:
    """Return what the request's page shows of its being held back: reasons and notes in words, and the buttons."""
    is_undecided = bool(submission.quarantined_at and not submission.released_at)
    return {
        "reasons": [sign_words(code) for code in submission.quarantine_reasons],
        "notes": [sign_words(code) for code in submission.spam_notes],
        "release_url": release_url if may_decide and is_undecided else "",
        "spam_url": spam_url if may_decide and is_undecided and not submission.spam_at else "",
    }


def sign_words(code: str) -> str:
    """Return the words for the code of a sign; the code itself where no release of the site knows it any more."""
    return str(Sign(code).label) if code in Sign.values else code
