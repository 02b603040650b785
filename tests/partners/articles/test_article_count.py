"""partners/articles/article_count.py: whatever changes an article, it is counted as it is now."""

from collections import Counter
from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction

from partners.articles.article_count import (
    ANY_PARTNER,
    ANY_TOPIC,
    ANY_YEAR,
    ArticleCount,
    CountedArticle,
    counted_listed,
    counted_posts,
    leave_out_ended,
    merge,
)
from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_campaign import Ending, PartnerCampaign
from partners.articles.topics import Topic
from tests import builders

pytestmark = pytest.mark.django_db
DIMENSIONS = ("locale_id", "partner_id", "disclosure", "year", "topic")


def told():
    rows = ArticleCount.objects.values(*DIMENSIONS).annotate(n=Sum("articles")).values_list(*DIMENSIONS, "n")
    return {tuple(row[:-1]): row[-1] for row in rows if row[-1]}


def true(articles=None):
    found = Counter()
    for article in PartnerArticlePage.objects.live().public() if articles is None else articles:
        keys = {topic.translation_key for topic in article.topics.all()}
        for partner in (ANY_PARTNER, article.get_parent().pk):
            for year in (ANY_YEAR, article.publication_date.year):
                for key in (ANY_TOPIC, *keys):
                    found[article.locale_id, partner, article.disclosure, year, key] += 1
    return dict(found)


def days(found, day="publication_date"):
    return dict(found.values_list("pk", day))


def assert_named_as_they_are():
    """What is counted says the same as the articles themselves: which of them the newest posts and lists name."""
    assert days(counted_posts(), "day") == days(PartnerArticlePage.objects.newest_posts())
    assert days(counted_listed(), "day") == days(PartnerArticlePage.objects.listed())


@pytest.fixture(scope="module")
def kept_topics(rows_kept):
    return [
        Topic.objects.create(name=name, slug=name.lower(), locale=Locale.objects.get(language_code="en"))
        for name in ("Ports", "Money")
    ]


@pytest.fixture
def topics(db, kept_topics):
    return deepcopy(kept_topics)


@pytest.fixture(scope="module")
def kept_articles(kept_topics):
    one, other = builders.partner("One", slug="one"), builders.partner("Other", slug="other")
    made = [builders.article(parent, publication_date=date(2024, 5, day)) for parent in (one, other) for day in (1, 2)]
    for article in made[:3]:
        article.topics.set(kept_topics)
        article.save()
    assert told() == true() != {}
    return made


@pytest.fixture
def articles(db, kept_articles):
    return deepcopy(kept_articles)


def unpublish(article, topics):
    article.unpublish()


def delete(article, topics):
    article.delete()


def delete_the_partner(article, topics):
    article.get_parent().delete()


def move(article, topics):
    article.move(Page.objects.get(slug="other"), pos="last-child")


def move_the_partner(article, topics):
    article.get_parent().specific.move(Page.objects.get(slug="other"), pos="left")


def write_another_date(article, topics):
    PartnerArticlePage.objects.filter(pk=article.pk).update(publication_date=date(2026, 1, 1))


def label_otherwise(article, topics):
    article.disclosure = "unpaid_contribution"
    article.save_revision().publish()


def take_a_topic_away(article, topics):
    article.topics.set(topics[:1])
    article.save()


def delete_a_topic(article, topics):
    topics[0].delete()


def make_two_topics_one(article, topics):
    key = topics[0].translation_key
    Topic.objects.filter(pk=topics[1].pk).update(
        translation_key=key, locale=Locale.objects.get(language_code="zh-hant")
    )


def hide(article, topics):
    PageViewRestriction.objects.create(page=article.page_ptr, restriction_type="login")


def hide_the_partner(article, topics):
    PageViewRestriction.objects.create(page=article.get_parent(), restriction_type="login")


def hide_and_show(article, topics):
    PageViewRestriction.objects.create(page=article.get_parent(), restriction_type="login").delete()


def publish_another(article, topics):
    builders.article(article.get_parent().specific, publication_date=date(2025, 1, 1))


@pytest.mark.parametrize(
    "change",
    [
        unpublish, delete, delete_the_partner, move, move_the_partner, write_another_date, label_otherwise,
        take_a_topic_away, delete_a_topic, make_two_topics_one, hide, hide_the_partner, hide_and_show, publish_another,
    ],
)  # fmt: skip
def test_a_change_is_counted_by_itself(articles, topics, change):
    before = told()
    change(PartnerArticlePage.objects.get(pk=articles[0].pk), topics)
    assert told() == true()
    assert_named_as_they_are()
    assert CountedArticle.objects.count() == counted_posts().count()
    merge()
    assert told() == true()
    assert (told() == before) == (change in {hide_and_show, move_the_partner})


def test_merging_leaves_one_row_of_each_kind(articles):
    before = told()
    articles[0].unpublish()
    articles[0].save_revision().publish()
    merge()
    assert told() == before
    assert ArticleCount.objects.count() == len(before)
    with CaptureQueriesContext(connection) as queries:
        merge()
    assert len(queries) == 1
    assert ArticleCount.objects.filter(is_merged=True).count() == len(before)


def test_a_save_that_changes_nothing_counts_nothing(articles):
    before = ArticleCount.objects.count()
    articles[0].title = "Another title"
    articles[0].save_revision().publish()
    assert ArticleCount.objects.count() == before


def test_the_end_of_a_campaign_is_counted_when_it_comes(client, articles, set_database_clock):
    partner = articles[0].get_parent().specific
    campaign = builders.campaign(partner)
    article = builders.article(partner, partner_campaign=campaign, publication_date=date(2025, 1, 1))
    total = client.get("/latest/").context["total"]
    assert total == len(articles) + 1
    moment = campaign.ends_at + timedelta(seconds=1)
    set_database_clock(moment)
    shown = client.get("/latest/?partner=one").context
    assert shown["total"] == 2
    assert [option.value for option in shown["filters"][2].options] == ["2024"]
    assert_named_as_they_are()
    # The worker takes it off the counts, after which readers need not.
    leave_out_ended()
    assert_named_as_they_are()
    assert told() == true(articles)
    assert client.get("/latest/").context["total"] == len(articles)
    assert not CountedArticle.objects.get(pk=article.pk).is_new
    with CaptureQueriesContext(connection) as queries:
        leave_out_ended()
    assert len(queries) == 1
    # A later end brings it back.
    type(campaign).objects.update(ends_at=moment + timedelta(days=400))
    assert client.get("/latest/").context["total"] == total


def test_what_is_written_while_a_campaign_is_over_is_not_shown(client, articles):
    campaign = builders.campaign(articles[0].get_parent().specific)
    now = timezone.now()
    PartnerArticlePage.objects.filter(pk=articles[0].pk).update(partner_campaign=campaign)
    type(campaign).objects.update(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=1))
    assert client.get("/latest/").context["total"] == len(articles) - 1
    leave_out_ended()
    PartnerArticlePage.objects.filter(pk=articles[0].pk).update(publication_date=date(2020, 1, 1))
    assert client.get("/latest/").context["total"] == len(articles) - 1


@pytest.mark.parametrize("is_seen_to", [False, True])
def test_what_becomes_of_articles_after_a_campaign_is_known(articles, is_seen_to):
    """Whether lists name them then, whether the worker was there before, and whatever editors decide later."""
    partner = articles[0].get_parent().specific
    now = timezone.now()
    ends = [builders.campaign(partner, ending=ending) for ending in (Ending.STAYS, Ending.UNLISTED, Ending.GONE)]
    for campaign in ends:
        builders.article(partner, partner_campaign=campaign)
    assert told() == true()
    PartnerCampaign.objects.update(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=1))
    if is_seen_to:
        leave_out_ended()
        assert told() == true(articles)
    assert_named_as_they_are()
    assert counted_listed().count() == len(articles) + 1
    for ending in (Ending.UNLISTED, Ending.STAYS):
        PartnerCampaign.objects.update(ending=ending)
        assert_named_as_they_are()
        leave_out_ended()
        assert_named_as_they_are()
        assert told() == true(articles)
    PartnerCampaign.objects.update(ends_at=now + timedelta(days=1))
    assert_named_as_they_are()
    assert told() == true()
    PartnerArticlePage.objects.update(partner_campaign=None)
    assert_named_as_they_are()
