"""How are links marked that lead out of partner content?

Google's 'Qualify your outbound links' asks for rel="sponsored" on links that were paid for.
"""

from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from django.conf import settings

PAID_REL = "sponsored noopener"
UNPAID_REL = "noopener"


def is_external(href: str) -> bool:
    """Say whether `href` leads to another host than the site's own."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return True
    return bool(parts.netloc) and parts.netloc != urlsplit(settings.SITE_URL).netloc


def mark_external_links(html: str, *, paid: bool) -> str:
    """Return `html` with `rel` set on every link to another host: as sponsored where the content was `paid` for."""
    if "<a " not in html:
        return html
    soup = BeautifulSoup(html, "html.parser")
    for link in soup.find_all("a", href=True):
        if is_external(str(link["href"])):
            link["rel"] = PAID_REL if paid else UNPAID_REL
    return str(soup)
