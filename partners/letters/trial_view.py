"""How does an editor try a letter, and learn what became of it?"""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from partners.letters.kinds import LetterKind
from partners.letters.letter_text import LetterText, shipped_text
from partners.letters.trial import LetterTrial, NoAddress, send_trial

SHOWN = 10


class TrialView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """GET shows what became of the user's trials and offers another, POST queues one."""

    model = LetterText
    any_permission_required = ["add", "change"]
    page_title = gettext_lazy("Send me a test")
    header_icon = "mail"
    template_name = "partners/letters/admin/trial.html"
    index_url_name = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the letter. Raises Http404 where there is none."""
        super().setup(request, *args, **kwargs)
        if kwargs["kind"] not in LetterKind.values or kwargs["language"] not in dict(settings.LANGUAGES):
            raise Http404
        self.letter = shipped_text(kwargs["kind"], kwargs["language"])

    def get_page_subtitle(self) -> str:
        """Return letter and language."""
        return str(self.letter)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the list to here."""
        plural = capfirst(self.model._meta.verbose_name_plural)
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": plural},
            {"url": "", "label": self.get_page_title(), "sublabel": str(self.letter)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the user's newest trials, of this and of other letters."""
        user = cast(User, self.request.user)
        trials = LetterTrial.objects.filter(asked_by=user).order_by("-pk")[:SHOWN]
        return {**super().get_context_data(**kwargs), "letter": self.letter, "address": user.email, "trials": trials}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Queue the letter to the user's own address, and come back to see what becomes of it."""
        try:
            send_trial(LetterKind(self.letter.kind), self.letter.language, to=cast(User, request.user))
        except NoAddress:
            messages.error(request, _("Your account has no e-mail address. Add one under your name, then try again."))
        else:
            messages.success(request, _("The test is on its way to you."))
        return redirect(request.path)
