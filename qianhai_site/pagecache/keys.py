"""Which requests may be answered from memory, and what tells two of them apart?

Everything else of a request, its cookies and headers, is kept from whatever renders the answer (`opting_in`), so it
need not be part of the key, and cannot poison what others get.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from django.conf import settings

# The parameters that pages of ours read. A request with another one is not answered from memory, nor its answer kept.
KNOWN_PARAMETERS = frozenset({"page", "after", "before", "q", "language", "topic", "partner", "kind", "year"})
# What advertisers append to addresses. No page of ours reads it on the server, so it is taken away.
_CAMPAIGN = frozenset(
    {"fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "li_fat_id", "mc_cid", "mc_eid"}
)
LONGEST_QUERY = 512
LONGEST_PATH = 1024

# Paths that answer to one person, or without a page: Django's straight away. To leave one out costs time, not safety.
_NEVER = (
    *("/admin/", "/api/", "/brochures/", "/consent/", "/documents/", "/health/", "/mail-events/", "/media/"),
    *("/metrics", "/reads/", "/static/"),
)


class Key(NamedTuple):
    """One answer: the host and scheme of its links, its path as the server decoded it, its query as it was sent."""

    host: str
    is_secure: bool
    path: str
    query: str

    @property
    def url(self) -> str:
        """The absolute address, as a cache in front knows it, in ASCII."""
        path = quote(self.path.encode("latin-1"), safe="/:@!$&'()*+,;=~")
        query = f"?{self.query}" if self.query else ""
        return f"{'https' if self.is_secure else 'http'}://{self.host}{path}{query}"


class Keys:
    """Makes keys as the settings of the site ask: its hosts, its cookies, the proxy that ends TLS."""

    def __init__(self) -> None:
        hosts = {host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))}
        # With the port that the site stands at, and no other: any would be valid to Django, and each is another key.
        self._hosts = frozenset({*hosts, urlsplit(settings.SITE_URL).netloc})
        self._persons = (settings.SESSION_COOKIE_NAME, "messages=", "sessionid=")
        self._secure = settings.SECURE_PROXY_SSL_HEADER
        # A header that names the host would have to be part of the key.
        self._is_usable = not (settings.USE_X_FORWARDED_HOST or settings.USE_X_FORWARDED_PORT)

    def of(self, environ: Mapping[str, Any]) -> Key | None:
        """Return the key of a request (a WSGI environment), or None where it must reach Django as it is.

        None for everything but GET and HEAD, for whoever may be known (session, authorisation), for unknown hosts and
        unknown parameters, and for a request with a body.
        """
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or not self._is_usable:
            return None
        get = environ.get
        cookies, host = get("HTTP_COOKIE"), get("HTTP_HOST")
        if host not in self._hosts or (cookies and any(name in cookies for name in self._persons)):
            return None
        if "HTTP_AUTHORIZATION" in environ or get("CONTENT_TYPE") or get("SCRIPT_NAME"):
            return None
        if get("CONTENT_LENGTH") not in {None, "", "0"} or "HTTP_TRANSFER_ENCODING" in environ:
            return None
        path, query = environ["PATH_INFO"], get("QUERY_STRING")
        if path.startswith(_NEVER) or len(path) > LONGEST_PATH:
            return None
        if query:
            query = known_query(query)
            if query is None:
                return None
        return Key(host, self._is_https(environ), path, query or "")

    def of_page(self, environ: Mapping[str, Any], page: int) -> Key | None:
        """Return the key of parts of a page, by its number, whoever asks for it with whatever query; None where the
        site vouches for no such host.
        """
        host = environ.get("HTTP_HOST")
        if host not in self._hosts or not self._is_usable or environ.get("SCRIPT_NAME"):
            return None
        return Key(host, self._is_https(environ), f"page {page}", "")

    def _is_https(self, environ: Mapping[str, Any]) -> bool:
        """Say what `HttpRequest.scheme` does."""
        if self._secure:
            name, value = self._secure
            said = environ.get(name)
            if said is not None:
                return bool(said.split(",", 1)[0].strip() == value)
        return bool(environ.get("wsgi.url_scheme") == "https")


def known_query(query: str) -> str | None:
    """Return `query` (as sent) without what advertisers append; None where it names a parameter that we do not know."""
    if len(query) > LONGEST_QUERY or not query.isascii():
        return None
    kept = []
    for part in query.split("&"):
        name = part.partition("=")[0]
        if name in KNOWN_PARAMETERS:
            kept.append(part)
        elif part and not name.startswith("utm_") and name not in _CAMPAIGN:
            return None
    return "&".join(kept)
