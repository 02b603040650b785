"""In which formats and sizes is a picture offered, for each use that the site makes of pictures?

The only place that says so: templates name a use, and whoever makes renditions ahead makes all of a kind. AVIF takes
ten times as long to encode as WebP, so only the large pictures are offered as both.
"""

from dataclasses import dataclass
from functools import cached_property

from wagtail.images.models import Filter

# What a picture is to the site. Whoever shows a picture in one use of a kind may show it in all of them.
HERO_KIND, FIGURE_KIND, LOGO_KIND, COVER_KIND, TEXT_KIND = KINDS = ("hero", "figure", "logo", "cover", "text")


@dataclass(frozen=True)
class Use:
    """One use of a picture: its kind, and its renditions as Wagtail's filters with options in braces."""

    kind: str
    pattern: str

    @cached_property
    def specs(self) -> tuple[str, ...]:
        """The filters, one for each rendition, as Wagtail stores them."""
        return tuple(Filter.expand_spec(self.pattern))

    @property
    def spec(self) -> str:
        """The filter of a use that has one rendition."""
        (spec,) = self.specs
        return spec


# By the names that templates call them. One that is changed here is made anew by `manage.py make_renditions`.
USES: dict[str, Use] = {
    # Above an article, and with the newest one on the home page.
    "hero": Use(HERO_KIND, "format-{avif,webp} fill-{640x360,1120x630,1760x990}"),
    "card": Use(HERO_KIND, "format-webp fill-{420x280,840x560}"),
    # In feeds, sitemaps and structured data.
    "machines": Use(HERO_KIND, "fill-1200x630 format-jpeg"),
    "figure": Use(FIGURE_KIND, "format-{avif,webp} width-{480,840,1400}"),
    "figure in a feed": Use(FIGURE_KIND, "format-webp width-840"),
    "logo": Use(LOGO_KIND, "max-320x112 format-webp"),
    "large logo": Use(LOGO_KIND, "max-480x256 format-webp"),
    "cover": Use(COVER_KIND, "width-480 format-webp"),
    # Wagtail's formats of pictures in a text. Our editor offers none; a text from elsewhere may have them.
    "text": Use(TEXT_KIND, "width-{500,800}"),
}


def specs_of(kind: str) -> tuple[str, ...]:
    """Return the filters of all uses of a kind (of KINDS), each once; nothing for any other word."""
    return tuple(dict.fromkeys(spec for use in USES.values() if use.kind == kind for spec in use.specs))


def format_of(spec: str) -> str:
    """Return the format that a filter asks for, such as 'webp'; empty where it leaves it to the original."""
    return next((part.removeprefix("format-") for part in spec.split("|") if part.startswith("format-")), "")
