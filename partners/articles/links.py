"""Which links lead out of partner content, and how are those marked?

Google's 'Qualify your outbound links' asks for rel="sponsored" on links that were paid for.
"""

import html as html_characters
import posixpath
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
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


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


def own_address(href: str) -> str | None:
    """Return the address of this site that `href` leads to, a path with its query, or None where it leads elsewhere, to
    a place on the same page, or to no page at all. Empty for an address that means another one on each page.

    The path is as the site reads it: decoded, from its root, without dots and doubled slashes.
    """
    address = href.translate(_ANYWHERE).strip(_AT_ENDS)
    if not address or address.startswith("#"):
        return None
    rest = address
    if scheme := _SCHEME.match(address):
        if scheme[1].lower() not in {"http", "https"}:
            return None
        rest = address[scheme.end() :]
    rest, mark, query = rest.partition("#")[0].partition("?")
    rest = rest.replace("\\", "/")
    if rest.startswith("//"):
        if is_external(address):
            return None
        rest = f"/{rest.lstrip('/').partition('/')[2]}"
    elif not rest.startswith("/"):
        return ""
    path = unquote(rest)
    found = posixpath.normpath(f"/{path.lstrip('/')}")
    # Of a path, its last slash says something; of dots at its end, that they are a folder.
    ends = path.endswith(("/", "/.", "/..")) and found != "/"
    return f"{found}{'/' if ends else ''}{mark}{query}"


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
