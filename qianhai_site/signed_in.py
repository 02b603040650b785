"""What becomes of a form in the admin whose user's session has run out meanwhile?

The page asks before it sends a form (static/js/signed-in.js), and keeps what was typed until its user is signed in
again. Where no script asks, signing in leads back to the page that the form was on: the form's own address may answer
nothing but a POST.
"""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, resolve_url
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from wagtail.admin import messages

LOGIN = "wagtailadmin_login"


@require_GET
def signed_in(request: HttpRequest) -> HttpResponse:
    """Return a token for the forms of whoever is signed in, since signing in anew changes it; an empty one for others.

    Never an error, which browsers would write into their console.
    """
    response = JsonResponse({"token": get_token(request) if request.user.is_authenticated else ""})
    patch_cache_control(response, no_store=True, private=True)
    return response


class SignedOutMiddleware:
    """Leads whoever is sent to the log-in by a form back to the form's page afterwards, and says what happened."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Remember what answers."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with another way back where a form was turned away."""
        response = self.get_response(request)
        if request.method != "POST" or response.status_code != 302:
            return response
        login = resolve_url(LOGIN)
        if urlsplit(response.headers["Location"]).path != login or request.path == login:
            return response
        if request.user.is_authenticated:
            return response
        messages.warning(request, _("You were signed out, so nothing was sent. Sign in, and do it again."))
        came_from = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
            return response
        page = urlsplit(came_from)._replace(scheme="", netloc="", fragment="").geturl()
        return redirect(f"{login}?{urlencode({REDIRECT_FIELD_NAME: page}, safe='/')}")
