"""What of an article's body goes into a feed?

All of its words, figures and tables. No form, dialog, script or player: an offer and a video become links. Every
address is absolute, links out of the site are marked as on the page, and a picture's words begin with the label, as do
links to other articles.
"""

import re
from typing import Any
from urllib.parse import urljoin

import nh3
from django.db.models import Prefetch, prefetch_related_objects
from django.template.loader import render_to_string
from wagtail.images import get_image_model

from partners.articles.article_page import PartnerArticlePage
from partners.articles.linked_pages import Linked, LinkedPage, load_linked_pages, named_by, named_in
from partners.articles.links import mark_external_links
from partners.articles.links_in_text import LinkByAddress, LinkRewriter, opening
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
    targets = load_linked_pages({*offers, *named_in(raw)}, language)
    # The template links to an offer by its address.
    targets |= {target.address: target for key in offers if (target := targets.get(key)) is not None}
    found = []
    for article, body in zip(articles, bodies, strict=True):
        hero = the_one(article.hero_image, _HERO) if article.hero_image else None
        blocks = [_seen(block, targets) for block in body]
        context = {"article": article, "label": article.disclosure_label, "hero": hero, "blocks": blocks}
        html = render_to_string("partners/feeds/full_text.html", context)
        found.append((hero, _safe(_with_pages(html, targets, article), article)))
    return found


def _fetch_renditions(images: list[Any]) -> None:
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec__in=[_HERO.spec, _FIGURE.spec])
    prefetch_related_objects(images, Prefetch("renditions", queryset=renditions, to_attr="prefetched_renditions"))


def _offers(block: Any) -> bool:
    return block.block_type == "call_to_action" and block.value["offer"] is not None


def _seen(block: Any, targets: Linked) -> dict[str, Any]:
    """Return what the template needs of a block."""
    seen = {"type": block.block_type, "value": block.value}
    if _offers(block):
        target = targets.get(block.value["offer"].pk)
        seen["offer"] = target if isinstance(target, LinkedPage) and target.is_open else None
    if block.block_type == "image" and block.value["image"] is not None:
        seen["rendition"] = the_one(block.value["image"], _FIGURE)
    return seen


def _with_pages(html: str, targets: Linked, article: PartnerArticlePage) -> str:
    """Return `html`, of `article`, with links to pages of the site, as the editor stores them, as links that anybody
    can follow. Those to other articles begin with their label.
    """

    def openings(attributes: list[dict[str, str]]) -> list[str]:
        found = [None if (named := named_by(each)) is None else targets.get(named) for each in attributes]
        return [opening(each, article.pk, is_absolute=True) for each in found]

    return LinkRewriter(bulk_rules={"page": openings, LinkByAddress.identifier: openings})(html)


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
