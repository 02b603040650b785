"""How does the desk call back a letter that still waits?"""

from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from partners.brochures.message import BrochureMessage
from partners.delivery.message import State
from partners.submissions.act_view import ActView
from partners.submissions.cancel import cancel_letter


class CancelLetterView(ActView):
    """GET asks, POST cancels."""

    page_title = gettext_lazy("Cancel a letter")
    header_icon = "cross"
    template_name = "partners/submissions/confirm_cancel.html"

    @cached_property
    def letter(self) -> BrochureMessage:
        """The letter, of this request and no other. Raises Http404."""
        return get_object_or_404(self.object.messages, pk=self.kwargs["letter"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the letter, and whether it waits."""
        return {
            **super().get_context_data(**kwargs),
            "letter": self.letter,
            "is_waiting": self.letter.state == State.QUEUED,
            "is_being_sent": self.letter.state == State.SENDING,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        """Cancel it, if it still waits, and go back to the request with a word about it."""
        if cancel_letter(self.letter, cast(User, request.user)):
            messages.success(request, _("%(reference)s: the letter will not be sent.") % {"reference": self.object})
        else:
            messages.warning(request, _("Too late: the letter does not wait any more."))
        return redirect(self.detail_url)
