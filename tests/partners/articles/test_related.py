"""partners/articles/related.py: what to read after an article."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from partners.articles.article_count import leave_out_ended
from partners.articles.partner_campaign import Ending, PartnerCampaign
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


def test_what_a_campaign_has_left_in_lists_is_related_and_nothing_else_of_it():
    ports, now = topic("ports"), timezone.now()
    parent = builders.partner()
    read = article(parent, [ports])
    left, _hidden = (
        article(other, [ports], partner_campaign=builders.campaign(other, ending=ending))
        for other, ending in ((builders.partner(), Ending.STAYS), (builders.partner(), Ending.UNLISTED))
    )
    PartnerCampaign.objects.update(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=1))
    assert related(read) == [left]
    leave_out_ended()
    assert related(read) == [left]


def test_the_same_is_related_that_a_plain_query_finds():
    """With fewer articles than are compared: those that share a topic or the partner, in the order that is promised."""
    topics = [topic(name) for name in ("ports", "money", "law", "ships")]
    partners = [builders.partner() for _ in range(3)]
    made = [
        article(
            partners[number % 3],
            [one for place, one in enumerate(topics) if (number * 7 + place) % (place + 2) == 0],
            publication_date=date(2025, 1, 1 + number % 5),
        )
        for number in range(14)
    ]
    for read in made:
        about = set(read.topics.all())

        def rank(other, read=read, about=about):
            shared = len(about & set(other.topics.all()))
            return (shared, other.parent_path == read.parent_path, other.publication_date, other.pk)

        others = [other for other in made if other != read and any(rank(other)[:2])]
        assert related(read) == sorted(others, key=rank, reverse=True)[:3]


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
