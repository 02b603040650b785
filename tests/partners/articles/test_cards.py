"""partners/articles/cards.py and card_tags.py: what is loaded for cards, and of what was listed, what is shown."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from wagtail.models import PageViewRestriction

from partners.articles.article_page import PartnerArticlePage
from partners.articles.cards import loaded_for_card, loaded_for_cards
from partners.articles.paging import Listed
from tests import builders

pytestmark = pytest.mark.django_db


def listed(article):
    return Listed(article.pk, article.publication_date)


def cards(articles):
    template = Template("{% load card_tags %}{% article_cards articles as cards %}{{ cards|join:'' }}")
    return template.render(Context({"articles": articles, "request": RequestFactory().get("/")}))


def test_what_is_listed_has_the_card_of_what_is_loaded():
    articles = [builders.article(title=f"Quay {number}") for number in range(3)]
    assert cards([listed(article) for article in articles]) == cards(articles)
    assert "Quay 2" in cards([listed(articles[2])])


def test_cards_cost_the_same_however_many(django_assert_num_queries):
    picture = builders.image()
    articles = [builders.article(hero_image=picture, hero_decorative=True) for _number in range(20)]
    # Articles, sponsors with their logos, pictures; and what is private.
    for some in (articles[:2], articles):
        with django_assert_num_queries(4):
            assert len(loaded_for_cards(listed(article) for article in some)) == len(some)


def test_what_is_withdrawn_after_it_was_listed_has_no_card():
    articles = [builders.article(title=f"Quay {number}") for number in range(4)]
    found = [listed(article) for article in articles]
    articles[0].delete()
    articles[1].unpublish()
    PageViewRestriction.objects.create(page=articles[2], restriction_type=PageViewRestriction.LOGIN)
    shown = cards(found)
    assert [number for number in range(4) if f"Quay {number}" in shown] == [3]
    for one in found[:3]:
        with pytest.raises(PartnerArticlePage.DoesNotExist):
            loaded_for_card(one)
