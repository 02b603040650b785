"""partners/articles/related.py: what to read after an article."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from partners.articles.related import related_articles
from tests import builders
from tests.partners.articles.test_choosing import article, topic

pytestmark = pytest.mark.django_db


def related(of, **besides):
    return list(related_articles(of, of.topics.all(), **besides))


def test_shared_topics_come_first_then_the_partner_then_the_newer():
    ports, money = topic("ports"), topic("money")
    parent = builders.partner()
    read = article(parent, [ports, money])
    both = article(builders.partner(), [ports, money], publication_date=date(2020, 1, 1))
    one = article(builders.partner(), [ports])
    same = article(parent, [money], publication_date=date(2021, 1, 1))
    article(builders.partner(), [])
    article(parent, [])
    assert related(read) == [both, same, one]


def test_the_partners_follow_where_no_topic_is_shared():
    parent = builders.partner()
    read, other = builders.article(parent), builders.article(parent)
    builders.article()
    assert related(read) == [other]


def test_never_itself_what_is_shown_already_hidden_or_of_another_language():
    ports = topic("ports")
    parent = builders.partner()
    read = article(parent, [ports])
    shown = article(parent, [ports])
    article(parent, [ports], live=False)
    private = article(parent, [ports])
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    article(builders.partner(language="zh-hant"), [ports])
    assert related(read, besides=[shown]) == []


def test_an_articles_page_names_no_article_twice_and_every_card_is_labelled(client):
    ports = topic("ports")
    parent = builders.partner()
    made = [article(parent, [ports]) for _ in range(9)]
    answer = client.get(made[-1].url)
    named = [one.pk for one in (*answer.context["related"], *answer.context["latest"])]
    assert len(named) == len(set(named)) == 7
    assert made[-1].pk not in named
    page = BeautifulSoup(answer.content, "html.parser")
    assert len(page.select(".related .card .label")) == 3
    assert page.select_one(".topics a")["href"] == "/latest/?topic=ports"


def test_related_articles_cost_no_more_queries_however_many_there_are(client):
    ports = topic("ports")
    parent = builders.partner()
    made = [article(parent, [ports]) for _ in range(9)]

    def queries():
        client.get(made[0].url)
        with CaptureQueriesContext(connection) as asked:
            client.get(made[0].url)
        return len(asked)

    few = queries()
    for _ in range(30):
        article(parent, [ports])
    assert queries() == few
