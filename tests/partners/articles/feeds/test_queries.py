"""partners/articles/feeds/reading.py: how many queries a feed costs, however much there is in it."""

import feedparser
import pytest
from django.test import Client

from partners.articles.feeds.reading import ENTRIES
from partners.renditions.allowing import renditions_are_made
from tests import builders
from tests.partners.articles.feeds.reader import topic

pytestmark = pytest.mark.django_db
PATHS = {"all": "all", "partners": "partners/tidewater", "topics": "topics/ports"}


@pytest.fixture(scope="module")
def kept_feed(rows_kept):
    """More articles than a feed has room for, of one partner on one topic, their pictures made."""
    parent = builders.partner(slug="tidewater")
    about = topic()
    offer = builders.request_page(parent)
    pages = [builders.partner(f"Linked {number}") for number in range(3)]
    linked = "".join(f'<a id="{page.pk}" linktype="page">{page.title}</a> ' for page in pages)
    for number in range(ENTRIES + 1):
        article = builders.article(
            parent,
            title=str(number),
            hero_image=builders.image(),
            hero_decorative=True,
            body=[
                ("paragraph", f"<p>{linked}</p>"),
                ("image", {"image": builders.image(), "caption": ""}),
                ("call_to_action", {"heading": "The brochure", "text": "", "offer": offer}),
            ],
        )
        article.topics = [about]
        article.save()
    with renditions_are_made():
        Client().get("/feeds/all.rss")


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.usefixtures("kept_feed")
def test_queries_do_not_grow_with_the_feed(client, kind, django_assert_max_num_queries):
    path = f"/feeds/{PATHS[kind]}.rss"
    client.get(path)
    with django_assert_max_num_queries(8):
        response = client.get(path)
    assert len(feedparser.parse(response.content).entries) == ENTRIES
