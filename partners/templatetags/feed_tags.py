"""How does a page say which feeds stand behind it?"""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from partners.articles.feeds.addresses import FORMATS, feed_path
from partners.articles.feeds.channel import ALL, PARTNERS, TOPICS
from partners.articles.partner_page import PartnerPage
from partners.articles.site_names import current_language, publisher
from partners.articles.topics import Topic

register = template.Library()


@register.simple_tag(takes_context=True)
def feed_links(context: dict[str, Any]) -> list[dict[str, str]]:
    """Return the feeds of the page in the context as {media_type, title, path}: its own first, then the language's.

    A partner's page has a feed of its own, and so has a page that puts a `topic` into its context.
    """
    language = current_language()
    page, topic = context.get("page"), context.get("topic")
    feeds = []
    if isinstance(page, PartnerPage):
        feeds.append((PARTNERS, page.slug, f"{_('Articles from %(partner)s') % {'partner': page.title}}"))
    if isinstance(topic, Topic):
        feeds.append((TOPICS, topic.slug, topic.name))
    feeds.append((ALL, "", publisher()))
    return [
        {
            "media_type": form.media_type,
            "title": f"{title} ({form.name})",
            "path": feed_path(kind, slug, form, language),
        }
        for kind, slug, title in feeds
        for form in FORMATS.values()
    ]


@register.simple_tag(takes_context=True)
def feed_in_sight(context: dict[str, Any]) -> dict[str, str]:
    """Return the one feed that a page offers in words, as {path, name}: its partner's or topic's, which `name` then is,
    else that of everything in the language.
    """
    page, topic = context.get("page"), context.get("topic")
    if isinstance(page, PartnerPage):
        return {"path": feed_path(PARTNERS, page.slug, "rss", current_language()), "name": page.title}
    if isinstance(topic, Topic):
        return {"path": feed_path(TOPICS, topic.slug, "rss", current_language()), "name": topic.name}
    return {"path": feed_of_language(), "name": ""}


@register.simple_tag
def feed_of_language() -> str:
    """Return the path of the active language's feed, for a link in words."""
    return feed_path(ALL, "", "rss", current_language())
