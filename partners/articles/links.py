"""How are links marked that lead out of partner content?

Google's 'Qualify your outbound links' asks for rel="sponsored" on links that were paid for.
"""

import html as html_characters
import re
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.utils.encoding import punycode

PAID_REL = "sponsored noopener"
UNPAID_REL = "noopener"

# The start of an element that links, and its attributes, as a browser reads them.
_LINK = re.compile(r"""<(?:a|area)(?=[\s/])(?:[^>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")

# What the URL standard drops before it reads an address: line ends and tabs anywhere, controls and spaces at the ends.
_ANYWHERE = str.maketrans("", "", "\t\n\r")
_AT_ENDS = "".join(map(chr, range(0x21)))
# Schemes of the web take backslashes for slashes, and any number of them before the host.
_WEB = re.compile(r"(?:https?|wss?|ftp):[/\\]*|[/\\]{2,}", re.IGNORECASE)


def is_external(href: str) -> bool:
    """Say whether `href` leads to another host than the site's own, read as a browser reads it (WHATWG URL).

    The site's own are that of SITE_URL and those of ALLOWED_HOSTS, under any scheme and port.
    """
    address = href.translate(_ANYWHERE).strip(_AT_ENDS)
    if web := _WEB.match(address):
        address = f"//{address[web.end() :]}".replace("\\", "/")
    try:
        parts = urlsplit(address)
        host = _plain(parts.hostname or "")
    except ValueError:
        return True
    if not web:
        # A path, a mail address, a telephone number; or the host of an app's own scheme.
        return bool(parts.netloc)
    own = [name for name in settings.ALLOWED_HOSTS if name != "*"]
    return host != _plain(urlsplit(settings.SITE_URL).hostname or "") and not validate_host(host, own)


def mark_external_links(html: str, *, paid: bool) -> str:
    """Return `html` with `rel` set on every link to another host: as sponsored where the content was `paid` for."""
    rel = f'rel="{PAID_REL if paid else UNPAID_REL}"'
    return _LINK.sub(lambda link: _marked(link[0], rel), html)


def _marked(link: str, rel: str) -> str:
    """Return the start tag `link` with the attribute `rel` in place of its own, where it leads out of the site."""
    found: dict[str, re.Match[str]] = {}
    for attribute in _ATTRIBUTE.finditer(link, link.index(next(filter(str.isspace, link), "/"))):
        # Of two attributes of one name, the first counts.
        found.setdefault(attribute[1].lower(), attribute)
    if "href" not in found:
        return link
    href = next((value for value in found["href"].groups()[1:] if value), "")
    if not is_external(html_characters.unescape(href)):
        return link
    if own := found.get("rel"):
        return link[: own.start()] + rel + link[own.end() :]
    end = found["href"].end()
    return f"{link[:end]} {rel}{link[end:]}"


def _plain(host: str) -> str:
    """Return `host` as it is looked up: in ASCII, without the dot of the root. Raises UnicodeError, a ValueError."""
    return punycode(unquote(host).lower()).rstrip(".")
