"""partners/articles/listing.py: order, and the cost of a listing."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from partners.articles.article_page import PartnerArticlePage
from partners.articles.listing import with_sponsors
from partners.articles.newest import latest_articles
from tests import builders

pytestmark = pytest.mark.django_db


def test_newest_first_whatever_the_order_of_writing():
    parent = builders.partner()
    old = builders.article(parent, publication_date=date(2026, 1, 1))
    new = builders.article(parent, publication_date=date(2026, 9, 1))
    middle = builders.article(parent, publication_date=date(2026, 5, 1))
    assert list(PartnerArticlePage.objects.newest_first()) == [new, middle, old]


def test_drafts_private_and_other_languages_are_not_listed():
    shown = builders.article()
    builders.article(live=False)
    builders.article(builders.partner(language="zh-hant"))
    private = builders.article()
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    assert latest_articles(shown.locale_id, 10) == [shown]


def test_sponsors_cost_the_same_however_many(django_assert_num_queries):
    partners = [builders.partner("One"), builders.partner("Two")]
    for number in range(30):
        builders.article(partners[number % 2])
    articles = list(PartnerArticlePage.objects.newest_first())
    with django_assert_num_queries(1):
        named = [article.sponsor.title for article in with_sponsors(articles)]
    assert set(named) == {"One", "Two"}


def queries(url):
    client = Client()
    client.get(url)  # the first time orders pictures
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)


@pytest.fixture(scope="module")
def kept_few(rows_kept):
    """The path of each list, and how many queries it took with twelve articles of each partner; now there are sixty."""
    partners = [builders.partner("One"), builders.partner("Two")]
    for number in range(24):
        builders.article(partners[number % 2])
    paths = {"latest": "/latest/", "all": "/latest/?language=all", "partner": partners[0].url}
    few = {name: (url, queries(url)) for name, url in paths.items()}
    for number in range(96):
        builders.article(partners[number % 2])
    return few


@pytest.mark.parametrize("address", ["latest", "all", "partner"])
def test_a_page_asks_as_often_for_sixty_articles_as_for_twelve(kept_few, address):
    url, few = kept_few[address]
    assert queries(url) == few
