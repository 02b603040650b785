"""How is a feed written as RSS 2.0 and as Atom (RFC 4287)? By Django's generators, with full text and pictures.

Paging follows RFC 5005 (section 3), pictures the Media RSS specification, full text in RSS its content module.
"""

from datetime import datetime
from typing import Any

from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

from partners.articles.feeds.addresses import FORMATS, lasting_name
from partners.articles.feeds.channel import Channel
from partners.articles.feeds.entry import Entry
from partners.articles.site_names import publisher

_MEDIA = {"xmlns:media": "http://search.yahoo.com/mrss/"}
_CONTENT = {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}


def write_rss(channel: Channel, entries: list[Entry], this: str, following: str, empty_since: datetime) -> bytes:
    """Return the feed as RSS 2.0. `this` and `following` are cursors; `empty_since` dates a feed without entries."""
    feed = _feed(_RssFeed, "rss", channel, this, following, empty_since)
    for entry in entries:
        # An enclosure must say its length.
        is_complete = entry.picture is not None and entry.picture.length is not None
        _add(feed, entry, categories=(entry.label, *entry.topics), has_enclosure=is_complete)
    return feed.writeString("utf-8").encode()


def write_atom(channel: Channel, entries: list[Entry], this: str, following: str, empty_since: datetime) -> bytes:
    """Return the feed as Atom 1.0; the arguments are those of `write_rss`."""
    feed = _feed(_AtomFeed, "atom", channel, this, following, empty_since)
    for entry in entries:
        _add(feed, entry, categories=entry.topics, has_enclosure=entry.picture is not None)
    return feed.writeString("utf-8").encode()


class _DatedFeed(SyndicationFeed):
    """A feed whose date is not the time of the request where it holds nothing."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else self.feed["empty_since"]


class _RssFeed(_DatedFeed, Rss201rev2Feed):
    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), **_MEDIA, **_CONTENT}

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        _add_paging(handler, "atom:link", self.feed)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        entry = item["entry"]
        handler.addQuickElement("atom:updated", entry.updated.isoformat())
        handler.addQuickElement("content:encoded", entry.content)
        _add_picture(handler, entry)


class _AtomFeed(_DatedFeed, Atom1Feed):
    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), **_MEDIA}

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        _add_paging(handler, "link", self.feed)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        entry = item["entry"]
        kind = {"scheme": lasting_name("disclosure"), "term": entry.kind, "label": entry.label}
        handler.addQuickElement("category", "", kind)
        handler.addQuickElement("content", entry.content, {"type": "html"})
        _add_picture(handler, entry)


def _feed(
    kind: type[_DatedFeed], ending: str, channel: Channel, this: str, following: str, empty_since: datetime
) -> Any:
    form = FORMATS[ending]
    return kind(
        title=channel.title,
        link=channel.address,
        description=channel.description,
        subtitle=channel.description,
        language=channel.language,
        author_name=publisher(),
        feed_url=channel.feed_address(form, this),
        feed_guid=channel.name,
        empty_since=empty_since,
        first=channel.feed_address(form) if this else "",
        next=channel.feed_address(form, following) if following else "",
    )


def _add(feed: Any, entry: Entry, *, categories: tuple[str, ...], has_enclosure: bool) -> None:
    picture = entry.picture
    enclosures = (
        [Enclosure(picture.address, str(picture.length or 0), picture.media_type)] if picture and has_enclosure else []
    )
    feed.add_item(
        title=entry.title,
        link=entry.address,
        # Both formats read it as HTML.
        description=escape(entry.summary),
        author_name=entry.author.name,
        author_link=entry.author.address or None,
        pubdate=entry.published,
        updateddate=entry.updated,
        unique_id=entry.name,
        unique_id_is_permalink=False,
        categories=categories,
        enclosures=enclosures,
        entry=entry,
    )


def _add_paging(handler: SimplerXMLGenerator, element: str, feed: dict[str, Any]) -> None:
    for relation in ("first", "next"):
        if feed[relation]:
            handler.addQuickElement(element, "", {"rel": relation, "href": feed[relation]})


def _add_picture(handler: Any, entry: Entry) -> None:
    picture = entry.picture
    if picture is None:
        return
    size = {"width": str(picture.width), "height": str(picture.height)}
    attributes = {"url": picture.address, "medium": "image", "type": picture.media_type, **size}
    handler.startElement("media:content", attributes)
    handler.addQuickElement("media:title", entry.title, {"type": "plain"})
    handler.addQuickElement("media:description", picture.words, {"type": "plain"})
    handler.addQuickElement("media:credit", entry.sponsor.name, {"role": "sponsor", "scheme": lasting_name("credit")})
    handler.endElement("media:content")
