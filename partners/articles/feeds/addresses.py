"""Under which address does a feed stand, and by which name is a feed or an entry known for ever?"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation


@dataclass(frozen=True)
class Format:
    """A kind of feed: the ending of its addresses, what a browser knows it by, and how people call it."""

    ending: str
    media_type: str
    name: str


FORMATS = {
    found.ending: found
    for found in (
        Format("rss", "application/rss+xml", "RSS"),
        Format("atom", "application/atom+xml", "Atom"),
        Format("json", "application/feed+json", "JSON Feed"),
    )
}


class FormatConverter:
    """The ending of a feed's address, for Django's `path`."""

    regex = "|".join(FORMATS)

    def to_python(self, value: str) -> Format:
        """Return the format of an ending."""
        return FORMATS[value]

    def to_url(self, value: Format | str) -> str:
        """Return the ending of a format."""
        return value.ending if isinstance(value, Format) else value


def feed_path(kind: str, slug: str, form: Format | str, language: str) -> str:
    """Return the path of the feed of `kind` (all, partners, topics) and `slug` (empty for all) in a language."""
    arguments = {"form": form, **({"slug": slug} if slug else {})}
    with translation.override(language):
        return reverse(f"feed_{kind}", kwargs=arguments)


def lasting_name(*parts: str | UUID) -> str:
    """Return a tag URI (RFC 4151) that no move of a page and no change of the site's domain changes."""
    return f"tag:{settings.FEED_AUTHORITY}:{'/'.join(str(part) for part in parts)}"
