"""partners/templatetags/feed_tags.py: lists show their feed in words, beside what machines are told."""

import pytest
from bs4 import BeautifulSoup

from partners.articles.topics import Topic
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("place", "name"),
    [("/", ""), ("/latest/", ""), ("partner", "Quay & Sons"), ("/latest/?topic=ports", "Ports")],
    ids=["home", "latest", "partner", "topic"],
)
def test_a_list_shows_the_feed_of_what_it_lists(client, place, name):
    partner = builders.partner("Quay & Sons")
    topic = Topic.objects.create(name="Ports", slug="ports", locale=partner.locale)
    for _ in range(2):
        builders.article(partner, topics=[topic])
    html = BeautifulSoup(client.get(partner.url if place == "partner" else place).content, "html.parser")
    [link] = html.select("main a.feed-link")
    assert " ".join(link.text.split()) == (f"New articles by RSS: {name}" if name else "New articles by RSS")
    # The first that machines are told of is the list's own.
    told = html.select("link[rel=alternate][type='application/rss+xml']")
    assert link["href"] == told[0]["href"]
    assert client.get(link["href"]).headers["Content-Type"].startswith("application/rss+xml")


def test_an_article_shows_none_but_that_of_the_foot(client):
    html = BeautifulSoup(client.get(builders.article().url).content, "html.parser")
    assert not html.select("main a.feed-link")
    assert "New articles by RSS" in html.footer.text
