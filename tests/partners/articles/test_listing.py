"""partners/articles/listing.py: order, pages and the cost of a listing."""

from datetime import date

import pytest
from wagtail.models import PageViewRestriction

from partners.articles.article_page import PartnerArticlePage, latest_articles
from partners.articles.listing import with_sponsors
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def thirty():
    """Thirty articles of two partners, all of one day."""
    partners = [builders.partner("One"), builders.partner("Two")]
    return [builders.article(partners[number % 2], title=f"Article {number}") for number in range(30)]


def titles(client, page):
    articles = client.get("/latest/", {"page": page}).context["articles"]
    return [article.title for article in articles], articles.number


def test_pages_follow_one_another_without_gap_or_repeat(client, thirty):
    seen = [title for page in (1, 2, 3) for title in titles(client, page)[0]]
    assert seen == [article.title for article in reversed(thirty)]


@pytest.mark.parametrize(
    ("page", "number"),
    [
        ("abc", 1),
        ("", 1),
        ("0", 1),
        ("-1", 1),
        ("1e3", 1),
        ("2.0", 1),
        ("9999", 3),
        ("9" * 5000, 1),
        ("٢", 2),
        ("2\x00", 1),
    ],
)
def test_odd_page_numbers_are_answered_sensibly(client, thirty, page, number):
    assert titles(client, page)[1] == number


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


def test_sponsors_cost_the_same_however_many(thirty, django_assert_num_queries):
    articles = list(PartnerArticlePage.objects.newest_first())
    with django_assert_num_queries(2):  # partners with their logos, then the logos' renditions
        named = [article.sponsor.title for article in with_sponsors(articles)]
    assert set(named) == {"One", "Two"}


def test_empty_listing_is_one_page(client):
    assert titles(client, 7) == ([], 1)
