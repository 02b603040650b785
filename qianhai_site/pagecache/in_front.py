"""What is answered from an entry, and for how long may a cache in front of the site repeat it?"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from qianhai_site.accepting import best_encoding
from qianhai_site.pagecache.entry import Entry, Headers

# Status, headers and body, as one is handed over.
Answer = tuple[str, Headers, list[bytes]]

# What a web server in front says that repeats answers within a second of the clock (deploy/nginx.conf).
SHARED_CACHE = "HTTP_X_SHARED_CACHE"
# The Cache-Control of what no cache may repeat: nobody would purge it there.
_IN_PASSING = ("Cache-Control", "public, max-age=0, s-maxage=0")
_TO_ANYBODY = "max-age=0, s-maxage=0"
# To whoever may be somebody. Words about shared caches would let those keep what they else may not (RFC 9111, 3.5).
_TO_SOMEBODY = "private, max-age=0"


class DefaultCacheControlMiddleware:
    """Has no cache in front repeat what does not say for how long it may: an address that is not there yet, a page that
    is not kept here. Where nothing is said, RFC 9111 (4.2.2) lets a cache choose, and nobody would purge it there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Remember what answers."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; what the page cache keeps gets words of its own there."""
        response = self.get_response(request)
        is_somebody = "HTTP_AUTHORIZATION" in request.META or settings.SESSION_COOKIE_NAME in request.COOKIES
        response.headers.setdefault("Cache-Control", _TO_SOMEBODY if is_somebody else _TO_ANYBODY)
        return response


def policy() -> str:
    """Return the Cache-Control of what is kept: browsers ask each time, shared caches after the configured seconds."""
    words = ["public", "max-age=0", f"s-maxage={settings.PAGE_CACHE_SHARED_SECONDS}"]
    if settings.PAGE_CACHE_SHARED_STALE_SECONDS:
        words.append(f"stale-while-revalidate={settings.PAGE_CACHE_SHARED_STALE_SECONDS}")
    return ", ".join(words)


def needs_purge() -> bool:
    """Say whether caches in front may repeat answers for so long that they must be told of each change."""
    return settings.PAGE_CACHE_SHARED_SECONDS > 1 or settings.PAGE_CACHE_SHARED_STALE_SECONDS > 0


def answer_of(entry: Entry, environ: dict[str, Any], second: int = 0) -> Answer:
    """Return what an entry answers; `second` is the one (of the epoch) in which it was proven, where that is known.

    A web server in front that asks for it is told, and may repeat the answer until that second of the clock is over:
    what was true at its beginning or later is shown for less than a second so. Without it nothing is to be repeated.
    """
    told = [("X-Accel-Expires", f"@{second}")] if second and SHARED_CACHE in environ else []
    if ("HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ) and entry.is_known_to(environ):
        return "304 Not Modified", entry.not_modified + told if told else entry.not_modified, []
    accepted = environ.get("HTTP_ACCEPT_ENCODING")
    headers, body = getattr(entry, best_encoding(accepted)) if accepted else entry.identity
    return "200 OK", headers + told if told else headers, body if environ["REQUEST_METHOD"] == "GET" else []


def in_passing(answer: Answer) -> Answer:
    """Return an answer such that no cache in front repeats it: it is not, or not any more, in the memory of this
    process, or stands there under another address, so that no change of it would be purged.
    """
    status, headers, body = answer
    return status, [_IN_PASSING if header[0] == "Cache-Control" else header for header in headers], body
