"""Which addresses take a password, or send a letter to set one, and what do they answer to whoever asked too often?"""

import math
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from home.password_attempts import Attempt, Door, TooManyAttempts, begin_attempt, count_reset, was_right
from partners.brochures.network import network_of

# The names of the addresses, in Wagtail's own `urls`, with what tells which account or restriction is meant.
_LOGINS = frozenset({"wagtailadmin_login", "wagtailcore_login"})
_RESET = "wagtailadmin_password_reset"
_RESTRICTIONS = {
    "wagtailcore_authenticate_with_password": (Door.PAGE, "page_view_restriction_id"),
    "wagtaildocs_authenticate_with_password": (Door.DOCUMENTS, "restriction_id"),
}


class PasswordThrottleMiddleware:
    """Answers 429 where too many passwords were tried, without looking at the one that was sent, or where too many
    letters were asked for.

    It stands after the middleware that checks CSRF tokens: what that refuses is not counted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Remember what answers."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and uncount a password that was right: each of these addresses redirects then, and only then."""
        response = self.get_response(request)
        attempt: Attempt | None = getattr(request, "password_attempt", None)
        if attempt is None:
            return response
        if response.status_code == 302:
            was_right(attempt)
        elif attempt.only_right is not None:
            return _refusal(request, attempt.only_right)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        """Count a password that is sent, or a letter that is asked for, or refuse it."""
        if _name_of_address(request) == _RESET and request.method == "POST" and request.POST.get("email"):
            try:
                count_reset(request.POST["email"], network_of(request))
            except TooManyAttempts as reached:
                return _refusal(request, reached, of_letters=True)
            return None
        asked = _asked(request, kwargs)
        if asked is None:
            return None
        try:
            request.password_attempt = begin_attempt(*asked, network_of(request))  # type: ignore[attr-defined]
        except TooManyAttempts as reached:
            return _refusal(request, reached)
        return None


def _asked(request: HttpRequest, kwargs: dict[str, Any]) -> tuple[Door, str] | None:
    """Return what is to be opened with a password and its name, or None where none is sent."""
    name = _name_of_address(request)
    if request.method != "POST" or not (name in _LOGINS or name in _RESTRICTIONS) or not request.POST.get("password"):
        return None
    if name in _RESTRICTIONS:
        door, number = _RESTRICTIONS[name]
        return door, str(kwargs[number])
    return Door.LOGIN, request.POST.get("username", "")


def _name_of_address(request: HttpRequest) -> str:
    match = request.resolver_match
    return "" if match is None else match.url_name or ""


def _refusal(request: HttpRequest, reached: TooManyAttempts, *, of_letters: bool = False) -> HttpResponse:
    said = {"minutes": math.ceil(reached.seconds / 60), "of_letters": of_letters}
    with translation.override(translation.get_language_from_request(request, check_path=True)):
        response = render(request, "429.html", said, status=429)
        response.headers["Content-Language"] = translation.get_language() or ""
    response.headers["Retry-After"] = str(reached.seconds)
    add_never_cache_headers(response)
    return response
