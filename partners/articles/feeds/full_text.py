"""What of an article's body goes into a feed?

All of its words, figures and tables. No form, dialog, script or player: an offer and a video become links. Every
address is absolute, links out of the site are marked as on the page, and a picture's words begin with the label.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import nh3
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.template.loader import render_to_string
from django.utils.html import escape
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.rich_text.rewriters import LinkRewriter

from partners.articles.article_page import PartnerArticlePage
from partners.articles.links import mark_external_links
from partners.articles.restrictions import is_behind_a_restriction
from partners.articles.site_names import absolute
from partners.renditions.showing import the_one
from partners.renditions.uses import USES

_HERO, _FIGURE = USES["machines"], USES["figure in a feed"]

_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "aside", "figure", "figcaption", "img", "a"),
    *("b", "strong", "i", "em", "sub", "sup", "table", "caption", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt", "width", "height"}, "th": {"scope"}}
_EMPTY_WITH_CONTENT = {"script", "style", "form", "dialog", "template", "iframe", "object", "svg", "math", "noscript"}

_BREAKS = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Target:
    """A page that texts link to: where it stands for readers of the feed, and whether any of them may open it."""

    address: str
    title: str
    is_open: bool


def full_texts(articles: list[PartnerArticlePage], language: str) -> list[tuple[Any, str]]:
    """Return, for each of `articles`, its hero image's rendition (or None) and its text as HTML that is safe to send.

    A picture of which nothing is made yet is left out. The number of queries does not depend on how many articles,
    links and pictures there are, where these are made. `articles` come with `hero_image` and `locale`.
    """
    raw = [article.body.raw_data for article in articles]
    bodies = PartnerArticlePage._meta.get_field("body").stream_block.bulk_to_python(raw)
    figures = [block.value["image"] for body in bodies for block in body if block.block_type == "image"]
    heroes = [article.hero_image for article in articles if article.hero_image is not None]
    _fetch_renditions([*heroes, *(figure for figure in figures if figure is not None)])
    offers = {block.value["offer"].pk for body in bodies for block in body if _offers(block)}
    targets = _targets({*offers, *_linked_pages(raw)}, language)
    found = []
    for article, body in zip(articles, bodies, strict=True):
        hero = the_one(article.hero_image, _HERO) if article.hero_image else None
        blocks = [_seen(block, targets) for block in body]
        context = {"article": article, "label": article.disclosure_label, "hero": hero, "blocks": blocks}
        html = render_to_string("partners/feeds/full_text.html", context)
        found.append((hero, _safe(_with_pages(html, targets), article)))
    return found


def _fetch_renditions(images: list[Any]) -> None:
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec__in=[_HERO.spec, _FIGURE.spec])
    prefetch_related_objects(images, Prefetch("renditions", queryset=renditions, to_attr="prefetched_renditions"))


def _offers(block: Any) -> bool:
    return block.block_type == "call_to_action" and block.value["offer"] is not None


def _seen(block: Any, targets: dict[int, Target]) -> dict[str, Any]:
    """Return what the template needs of a block."""
    seen = {"type": block.block_type, "value": block.value}
    if _offers(block):
        target = targets.get(block.value["offer"].pk)
        seen["offer"] = target if target and target.is_open else None
    if block.block_type == "image" and block.value["image"] is not None:
        seen["rendition"] = the_one(block.value["image"], _FIGURE)
    return seen


def _linked_pages(value: Any) -> Iterator[int]:
    """Yield the keys of the pages to which any rich text inside of a raw value links."""
    if isinstance(value, str):
        if "linktype" in value:
            for match in LinkRewriter().extract_tags(value).get("page", []):
                if match.attrs.get("id", "").isdecimal():
                    yield int(match.attrs["id"])
    elif isinstance(value, dict):
        yield from _linked_pages(list(value.values()))
    elif isinstance(value, Iterable):
        for part in value:
            yield from _linked_pages(part)


def _targets(keys: set[int], language: str) -> dict[int, Target]:
    """Return the pages of `keys` as readers of a language meet them, by one query.

    As on the site's pages: a link leads to a live translation, else to the page itself; an offer that is withdrawn
    in the language is not replaced by another language's.
    """
    named = Page.objects.filter(pk__in=keys)
    pages = (
        # The first condition holds of the pages themselves as well: by it an index finds them, by the other none would.
        Page.objects.filter(translation_key__in=named.values("translation_key"))
        .filter(Q(pk__in=keys) | Q(locale__language_code=language))
        .select_related("locale")
        .annotate(is_private=is_behind_a_restriction())
    )
    by_key = {page.pk: page for page in pages}
    translated = {page.translation_key: page for page in by_key.values() if page.locale.language_code == language}
    targets = {}
    for key in keys & by_key.keys():
        own = by_key[key]
        there = translated.get(own.translation_key, own)
        shown = there if there.live else own
        is_open = there.live and not there.is_private
        targets[key] = Target(address=shown.full_url or "", title=there.title, is_open=is_open)
    return targets


def _with_pages(html: str, targets: dict[int, Target]) -> str:
    """Return `html` with links to pages of the site, as the editor stores them, as links that anybody can follow."""

    def openings(attributes: list[dict[str, str]]) -> list[str]:
        keys = [int(each["id"]) if each.get("id", "").isdecimal() else 0 for each in attributes]
        return [f'<a href="{escape(targets[key].address)}">' if key in targets else "<a>" for key in keys]

    return LinkRewriter(bulk_rules={"page": openings})(html)


def _safe(html: str, article: PartnerArticlePage) -> str:
    """Return `html` cleaned, with absolute addresses, and with the links out of the site marked."""
    base = absolute(article.full_url or "")

    def filter_attribute(element: str, attribute: str, value: str) -> str | None:
        return urljoin(base, value) if attribute in {"href", "src"} else value

    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=_EMPTY_WITH_CONTENT,
        attribute_filter=filter_attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    # Nothing in it keeps its white space: what the template indents is not sent.
    return mark_external_links(_BREAKS.sub("\n", cleaned), paid=article.is_paid)
