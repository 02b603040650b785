"""How does a reader's browser say that an article was read, so that nothing is known of the reader?

A page may come from any cache, so the web server cannot count its readers: the page's script sends a beacon. It bears
nothing but the article's number, and what it is answered sets no cookie. There is no token against forgery from other
sites, since it would need a cookie: what a forged beacon can do is to count one too many, and browsers say where a
request comes from.
"""

import hashlib
import hmac
import logging
import secrets
import threading
from time import monotonic

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from partners.articles.reads import Happening, count
from partners.articles.robots import names_a_robot
from partners.brochures.network import network_of

logger = logging.getLogger(__name__)

# A beacon has no body. None is read; a long one is refused for what it is.
_LONGEST_BODY = 64


class HourlyLimit:
    """Counts in memory how often each subject came within an hour; nothing of it is ever written down.

    Subjects are known by a hash under a random key that is forgotten with the hour, and their number is bounded, so a
    flood costs at most some megabytes. Each process of the web server counts by itself.
    """

    def __init__(self, subjects: int = 50_000) -> None:
        self._most = subjects
        self._lock = threading.Lock()
        self._hour = -1
        self._key = b""
        self._counts: dict[bytes, int] = {}

    def take(self, subject: str, most: int) -> bool:
        """Count `subject` once more and return True, or return False where it came `most` times in this hour."""
        hour = int(monotonic() // 3600)
        with self._lock:
            if hour != self._hour or len(self._counts) >= self._most:
                self._hour, self._key, self._counts = hour, secrets.token_bytes(32), {}
            known = hmac.digest(self._key, subject.encode(), hashlib.sha256)
            taken = self._counts.get(known, 0)
            if taken >= most:
                return False
            self._counts[known] = taken + 1
            return True


_limit = HourlyLimit()


@csrf_exempt
@never_cache
@require_POST
def beacon(request: HttpRequest, article_id: int, happening: str) -> HttpResponse:
    """Count the beacon where it seems to be a reader's; the answer is 204 and says nothing of that."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isdecimal() or len(length) > 9 or int(length) > _LONGEST_BODY:
        return HttpResponse(status=413)
    if is_readers(request) and _has_room(request, f"{article_id} {happening}"):
        try:
            count(article_id, Happening(happening))
        except DatabaseError as error:
            logger.warning("Article %s: a beacon was not counted (%s).", article_id, type(error).__name__)
    return HttpResponse(status=204)


def is_readers(request: HttpRequest) -> bool:
    """Say whether a beacon comes from a page of this site in a browser of somebody who does not work on it.

    Left out is what names itself a robot or no language (every browser does), what another site's page sends, and
    whoever is logged in: the cookie's being there is enough, it is not looked up.
    """
    headers = request.headers
    origin = headers.get("Origin", "")
    return not (
        names_a_robot(headers.get("User-Agent", ""))
        or "Accept-Language" not in headers
        or headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
        # Not taken apart further: whatever else stands there is not this site.
        or (origin and origin.partition("://")[2] != request.get_host())
        or settings.SESSION_COOKIE_NAME in request.COOKIES
    )


def _has_room(request: HttpRequest, what: str) -> bool:
    """Say whether the network may have `what` counted. Where networks cannot be told apart, none is held to a limit.

    Its limit for everything together comes first: it bounds what one network may ask of the database with the numbers
    of articles that there are not, and how much of the memory of limits it takes.
    """
    network = network_of(request)
    return not network or (
        _limit.take(network, settings.READS_NETWORK_ALL_PER_HOUR)
        and _limit.take(f"{network} {what}", settings.READS_NETWORK_PER_HOUR)
    )
