"""Which pages may search engines know, and how are they told, however many there are?

The sitemap is an index of parts (sitemaps.org, 'Using Sitemap index files'). A part is a span of primary keys, so it
costs the same wherever it begins, keeps its address when pages come and go, and can hold no more than its span. There
is no news sitemap: what was paid for must not stand in one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import storages
from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.encoding import iri_to_uri
from wagtail.images import get_image_model
from wagtail.models import Page, Site, get_page_models

from partners.articles.article_page import PartnerArticlePage
from partners.articles.hero import HERO
from partners.articles.restrictions import open_to_all
from partners.articles.site_names import absolute, language_tag

# The protocol allows 50,000 in a part, with at most 50 MB. An index of the database is of the same number.
SPAN = 10_000
AT_ONCE = 500

ARTICLES, PAGES = "articles", "pages"
KINDS = (PAGES, ARTICLES)

_SITEMAP = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n'
)
_SPANS = """
SELECT spans.number, newest.last_published_at
FROM (SELECT min(page_ptr_id) / %s AS first, max(page_ptr_id) / %s AS last FROM partners_partnerarticlepage) ends,
    generate_series(ends.first, ends.last) AS spans (number),
    LATERAL ({newest}) newest
ORDER BY spans.number
"""
_INDEX = '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'


@dataclass(frozen=True)
class Part:
    """A part of the sitemap: the pages of `kind` whose keys, divided by SPAN, are `number`; its newest change."""

    kind: str
    number: int
    changed_at: datetime | None


def pages_of(kind: str) -> Any:
    """Return the pages of a kind (of KINDS) that anybody may read and lists may name."""
    if kind == ARTICLES:
        return PartnerArticlePage.objects.listed()
    # Named one by one: among 'all but articles' the database would look at each article.
    kinds = ContentType.objects.get_for_models(*(kind for kind in get_page_models() if kind is not PartnerArticlePage))
    return open_to_all(Page.objects.live()).filter(depth__gt=1, content_type__in=kinds.values())


def parts() -> list[Part]:
    """Return the parts that are not empty, by a query for the pages and one for the articles."""
    newest = Max("last_published_at")
    numbered = pages_of(PAGES).order_by().annotate(number=F("pk") / SPAN)
    found = list(numbered.values("number").annotate(newest=newest).order_by("number").values_list("number", "newest"))
    return [*(Part(PAGES, *span) for span in found), *(Part(ARTICLES, *span) for span in _spans_of_articles())]


def is_part(kind: str, number: int) -> bool:
    """Say whether `parts` names the part of `kind` (of KINDS) and `number`, by one query within a span."""
    first = number * SPAN
    return bool(pages_of(kind).filter(pk__gte=first, pk__lt=first + SPAN).exists())


def _spans_of_articles() -> list[tuple[int, datetime | None]]:
    """Return the number of each span that holds an article, with the newest change: the first in an index of it.

    By one statement that is planned once, however many spans there are.
    """
    # Of pages, whose table has the index.
    listed = PartnerArticlePage.objects.listed().filter(pk=OuterRef("pk"))
    newest = (
        Page.objects.live()
        .annotate(span=F("pk") / SPAN)
        .filter(Exists(listed), span=RawSQL("spans.number", []))
        .order_by(F("last_published_at").desc(nulls_last=True))
        .values_list("last_published_at")[:1]
    )
    statement, parameters = newest.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_SPANS.format(newest=statement), [SPAN, SPAN, *parameters])
        return cursor.fetchall()


def index_document(addresses: dict[Part, str]) -> Iterator[str]:
    """Yield the index, line by line; `addresses` says where each part stands."""
    yield _INDEX
    for part, address in addresses.items():
        changed = f"<lastmod>{_moment(part.changed_at)}</lastmod>" if part.changed_at else ""
        yield f"<sitemap><loc>{escape(address)}</loc>{changed}</sitemap>\n"
    yield "</sitemapindex>\n"


def part_document(kind: str, number: int) -> Iterator[str]:
    """Yield the part of `kind` and `number`, some hundred pages at a time, each time by a fixed number of queries."""
    yield _SITEMAP
    roots = _roots()
    after, end = number * SPAN - 1, (number + 1) * SPAN
    is_more = True
    while is_more:
        rows = _rows(kind, after, end)
        twins = _twins(kind, rows, roots)
        pictures = _pictures(rows)
        yield "".join(_entry(row, twins, pictures, roots) for row in rows)
        is_more = len(rows) == AT_ONCE
        after = rows[-1]["pk"] if rows else end
    yield "</urlset>\n"


def _rows(kind: str, after: int, end: int) -> list[dict[str, Any]]:
    names = ["pk", "url_path", "translation_key", "last_published_at"]
    names += ["label_changed_at", "hero_image_id"] if kind == ARTICLES else []
    span = pages_of(kind).filter(pk__gt=after, pk__lt=end).order_by("pk")
    return list(span.values(*names)[:AT_ONCE])


def _roots() -> list[tuple[str, str, str]]:
    """Return (path in the tree, address, language) of each language's home page."""
    found = []
    for root in Site.get_site_root_paths():
        code = root.language_code
        prefix = "" if code == settings.LANGUAGE_CODE else f"{code}/"
        found.append((root.root_path, f"{root.root_url}/{prefix}", code))
    return found


def _address(url_path: str, roots: list[tuple[str, str, str]]) -> tuple[str, str] | None:
    """Return the language and the absolute address of a page, or None for one that stands below no home page."""
    for path, address, language in roots:
        if url_path.startswith(path):
            # As Django's reverse() quotes a path (RFC 3986, 3.3).
            return language, address + quote(url_path[len(path) :], safe="!$&'()*+,;=/~:@")
    return None


def _twins(kind: str, rows: list[dict[str, Any]], roots: list[tuple[str, str, str]]) -> dict[Any, dict[str, str]]:
    """Return, by translation key, the address of the page in each language that has it."""
    keys = [row["translation_key"] for row in rows]
    found = pages_of(kind).filter(translation_key__in=keys).order_by("translation_key", "pk")
    twins = {}
    for key, pages in groupby(found.values_list("translation_key", "url_path"), key=lambda page: page[0]):
        twins[key] = dict(found for _key, path in pages if (found := _address(path, roots)))
    return twins


def _pictures(rows: list[dict[str, Any]]) -> dict[int, str]:
    """Return the addresses of hero images, by their keys; of those that are made already: none is made here."""
    keys = {key for row in rows if (key := row.get("hero_image_id"))}
    if not keys:
        return {}
    renditions: QuerySet[Any] = get_image_model().get_rendition_model().objects
    made = renditions.filter(Q(image_id__in=keys), filter_spec=HERO).values_list("image_id", "file")
    return {key: absolute(storages["default"].url(name)) for key, name in made}


def _entry(row: dict[str, Any], twins: Any, pictures: dict[int, str], roots: list[tuple[str, str, str]]) -> str:
    own = _address(row["url_path"], roots)
    if own is None:
        return ""
    languages = twins.get(row["translation_key"], {})
    default = languages.get(settings.LANGUAGE_CODE, own[1])
    alternates = {language_tag(code): address for code, address in sorted(languages.items())}
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(address)}"/>'
        for code, address in {**alternates, "x-default": default}.items()
    )
    moments = [row["last_published_at"], row.get("label_changed_at")]
    changed = max(filter(None, moments), default=None)
    lastmod = f"<lastmod>{_moment(changed)}</lastmod>" if changed else ""
    picture = pictures.get(row.get("hero_image_id") or 0)
    image = f"<image:image><image:loc>{escape(iri_to_uri(picture) or '')}</image:loc></image:image>" if picture else ""
    return f"<url><loc>{escape(own[1])}</loc>{lastmod}{links}{image}</url>\n"


def _moment(moment: datetime) -> str:
    """Return a moment as W3C's 'Date and Time Formats' has it."""
    return moment.isoformat(timespec="seconds")
