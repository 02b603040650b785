"""How is a feed written as JSON Feed 1.1 (jsonfeed.org/version/1.1)?

What the format has no words for stands under `_qianhai`, as the specification asks of extensions.
"""

import json
from typing import Any

from partners.articles.feeds.addresses import FORMATS
from partners.articles.feeds.channel import Channel
from partners.articles.feeds.entry import Entry, Name
from partners.articles.site_names import home_address, publisher


def write_json(channel: Channel, entries: list[Entry], this: str, following: str) -> bytes:
    """Return the feed as JSON Feed; `this` and `following` are cursors, empty where there are none."""
    form = FORMATS["json"]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.description,
        "home_page_url": channel.address,
        "feed_url": channel.feed_address(form, this),
        "language": channel.language,
        "authors": [{"name": publisher(), "url": home_address(channel.language)}],
        **({"next_url": channel.feed_address(form, following)} if following else {}),
        "items": [_item(entry) for entry in entries],
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.name,
        "url": entry.address,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.content,
        "date_published": entry.published.isoformat(timespec="seconds"),
        "date_modified": entry.updated.isoformat(timespec="seconds"),
        "authors": [_author(entry.author)],
        "tags": [entry.label, *entry.topics],
        "language": entry.language,
        "_qianhai": {
            "kind": entry.kind,
            "label": entry.label,
            "disclosure": entry.sentence,
            "sponsor": _author(entry.sponsor),
        },
    }
    if entry.picture is not None:
        item["image"] = entry.picture.address
        item["_qianhai"]["image_alt"] = entry.picture.words
    return item


def _author(name: Name) -> dict[str, str]:
    return {"name": name.name, **({"url": name.address} if name.address else {})}
