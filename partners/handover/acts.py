"""What is done to webhooks and tokens by a button? Each by a POST, once, and written into the audit log."""

from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from partners.handover.api_token import ApiToken, make_token, revoke_token
from partners.handover.endpoint import WebhookEndpoint, rotate_secret, take_secret_to_show
from partners.handover.replay import replay, replay_all
from partners.handover.rights import MAKE_TOKEN, REVOKE_TOKEN, ROTATE_SECRET, SHOW_SECRET
from partners.handover.signing import written_secret
from partners.handover.webhook_delivery import WebhookDelivery


class ActView(PermissionCheckedMixin, View):
    """A button of an object's page: a POST acts and goes back there; nothing else is answered."""

    model: Any = None
    permission_required = "change"
    http_method_names = ["post"]
    inspect_url_name = ""

    def act(self, row: Any, by: User) -> HttpResponse | None:
        """Do it; return an answer of its own, or None to go back to the object's page."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Act. Raises Http404 where there is no such object."""
        row = get_object_or_404(self.model, pk=pk)
        answer = self.act(row, cast(User, request.user))
        return answer or redirect(reverse(self.inspect_url_name, args=[pk]))

    def show_once(self, row: Any, title: str, value: str, explanation: str) -> HttpResponse:
        """Return the page that shows `value`, the only time: neither a cache nor a reload has it."""
        context = {
            "page_title": title,
            "header_icon": "key",
            "value": value,
            "explanation": explanation,
            "back_url": reverse(self.inspect_url_name, args=[row.pk]),
            "row": row,
        }
        response = TemplateResponse(self.request, "partners/handover/shown_once.html", context)
        add_never_cache_headers(response)
        return response

    def say_shown(self) -> None:
        """Say that there is nothing to show any more."""
        messages.warning(self.request, _("It was shown already, and cannot be shown again."))


class ShowSecretView(ActView):
    """Shows a webhook's newest secret, once."""

    def act(self, row: WebhookEndpoint, by: User) -> HttpResponse | None:
        """Show it, or say that it was shown."""
        if not take_secret_to_show(row):
            self.say_shown()
            return None
        log(instance=row, action=SHOW_SECRET, user=by)
        words = _("The receiver checks with it that a webhook is ours. It is not shown again: put it in its place now.")
        return self.show_once(row, _("Secret"), written_secret(row), words)


class RotateSecretView(ActView):
    """Goes on to a new secret, from the one that the user saw."""

    def act(self, row: WebhookEndpoint, by: User) -> HttpResponse | None:
        """Change it, once however often the button is pressed."""
        seen = str(self.request.POST.get("seen", ""))
        if seen == str(row.secret_version) and rotate_secret(row):
            log(instance=row, action=ROTATE_SECRET, user=by)
            messages.success(self.request, _("There is a new secret. For 24 hours, both sign."))
        else:
            messages.warning(self.request, _("Nothing was done: the secret was changed in the meantime."))
        return None


class ReplayView(ActView):
    """Sends one delivery again."""

    def act(self, row: WebhookDelivery, by: User) -> HttpResponse | None:
        """Queue it."""
        if replay(row, by):
            messages.success(self.request, _("%(reference)s is sent again.") % {"reference": row.reference})
        else:
            messages.warning(self.request, _("Nothing was done: it is not given up."))
        return None


class ReplayAllView(ActView):
    """Sends everything again that was given up for a webhook."""

    def act(self, row: WebhookEndpoint, by: User) -> HttpResponse | None:
        """Queue them."""
        count = replay_all(row, by)
        messages.success(
            self.request,
            ngettext("%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", count)
            % {"count": count},
        )
        return None


class MakeTokenView(ActView):
    """Makes the token of a row, and shows it once."""

    def act(self, row: ApiToken, by: User) -> HttpResponse | None:
        """Make and show it, or say that it was made."""
        token = make_token(row)
        if token is None:
            self.say_shown()
            return None
        log(instance=row, action=MAKE_TOKEN, user=by)
        words = _("Whoever has it can read what it allows. It is not shown again, and only a hash of it is kept.")
        return self.show_once(row, _("API token"), token, words)


class RevokeTokenView(ActView):
    """Takes a token back."""

    def act(self, row: ApiToken, by: User) -> HttpResponse | None:
        """Revoke it."""
        if revoke_token(row):
            log(instance=row, action=REVOKE_TOKEN, user=by)
            messages.success(self.request, _("The token opens nothing any more."))
        else:
            messages.warning(self.request, _("Nothing was done: it was revoked already."))
        return None
