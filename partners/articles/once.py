"""What is asked only once while one page is made for a reader?"""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language
from wagtail.models import Locale

from partners.articles.of_admin import is_of_admin

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept", default=None)


class OnceMiddleware:
    """Lets `once` keep what it is told, for as long as one page is made, where nothing is written meanwhile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        if request.method not in {"GET", "HEAD"} or is_of_admin(request):
            return self.get_response(request)
        token = _kept.set({})
        try:
            return self.get_response(request)
        finally:
            _kept.reset(token)


def once[T](key: Hashable, ask: Callable[[], T]) -> T:
    """Return what `ask` returns, asked once under `key` while one page is made; elsewhere, asked every time."""
    kept = _kept.get()
    if kept is None:
        return ask()
    if key not in kept:
        kept[key] = ask()
    answer: T = kept[key]
    return answer


def active_locale() -> Locale:
    """Return the locale of the active language."""
    return once(("locale", get_language()), Locale.get_active)
