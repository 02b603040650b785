"""A feed as a real feed reader sees it."""

import json

import feedparser
from wagtail.models import Locale

from partners.articles.topics import Topic

FORMATS = ["rss", "atom", "json"]
XML = ["rss", "atom"]
MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}


def topic(name="Ports", slug="ports", language="en", **fields):
    return Topic.objects.create(name=name, slug=slug, locale=Locale.objects.get(language_code=language), **fields)


def read(client, path):
    """Return the feed at `path` as (feed, entries), each as a real parser sees it."""
    response = client.get(path)
    assert response.status_code == 200
    if path.partition("?")[0].endswith(".json"):
        feed = json.loads(response.content)
        return feed, feed["items"]
    parsed = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    assert not parsed.bozo, parsed.bozo_exception
    return parsed.feed, parsed.entries


def titles(client, path):
    return [entry["title"] for entry in read(client, path)[1]]


def content_of(entry):
    return entry["content_html"] if "content_html" in entry else entry.content[0].value
