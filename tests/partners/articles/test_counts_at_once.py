"""partners/migrations/0059: what decides whether articles count is changed while one of them is, by another editor."""

import threading
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import connection, connections, transaction
from wagtail.models import Page, PageViewRestriction

from partners.articles.article_count import (
    ArticleCount,
    CountDoubt,
    CountedArticle,
    counted_listed,
    counted_posts,
    mend,
    merge,
    tidy_counts,
)
from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_campaign import PartnerCampaign
from partners.articles.topics import Topic
from tests import builders
from tests.at_once import at_once
from tests.faults.waiting import wait_until
from tests.partners.articles.test_article_count import days, told, true


@pytest.fixture
def partner(committed):
    """A partner with an article, which other connections see."""
    made = builders.partner("One", slug="one")
    builders.article(made, publication_date=date(2026, 1, 1))
    yield made
    connection.close()
    PageViewRestriction.objects.all().delete()
    Page.objects.get(pk=made.pk).delete()
    PartnerCampaign.objects.all().delete()
    Topic.objects.all().delete()
    CountDoubt.objects.all().delete()
    merge()


def assert_right():
    assert told() == true()
    assert days(counted_posts(), "day") == days(PartnerArticlePage.objects.newest_posts())
    assert days(counted_listed(), "day") == days(PartnerArticlePage.objects.listed())


def somebody_waits():
    # Of this database: the server has those of other tests, too.
    here = "SELECT pid FROM pg_locks JOIN pg_database ON oid = database WHERE datname = current_database()"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN ({here})")
        return cursor.fetchone()[0] > 0


class Beside(threading.Thread):
    """Does something on a connection of its own, which it waits for in a transaction, or does not."""

    def __init__(self, act):
        super().__init__()
        self._act, self._error = act, None

    def run(self):
        try:
            self._act()
        except Exception as error:  # noqa: BLE001  raised again
            self._error = error
        finally:
            connections.close_all()

    def waits_or_is_over(self):
        wait_until(lambda: somebody_waits() or not self.is_alive(), 20, "the other waits, or is over")

    def end(self):
        self.join(30)
        assert not self.is_alive()
        if self._error:
            raise self._error


@contextmanager
def beside(act):
    """Let `act` begin when what stands within is done, and is not committed yet."""
    other = Beside(act)
    with transaction.atomic():
        yield
        other.start()
        other.waits_or_is_over()
    other.end()


def restrict(page):
    PageViewRestriction.objects.create(page_id=page.pk, restriction_type="login")


def test_an_article_is_made_while_its_partner_becomes_private(partner):
    with beside(lambda: restrict(partner)):
        builders.article(partner)
    assert not CountedArticle.objects.exists()
    assert_right()


def test_an_article_is_made_while_its_partner_becomes_public(partner):
    restrict(partner)
    with beside(lambda: PageViewRestriction.objects.all().delete()):
        builders.article(partner)
    assert CountedArticle.objects.count() == 2
    assert_right()


def test_an_article_is_moved_below_a_partner_that_becomes_private(partner):
    other = builders.partner("Other", slug="other")
    article = builders.article(other)
    try:
        with beside(lambda: restrict(partner)):
            Page.objects.get(pk=article.pk).move(Page.objects.get(pk=partner.pk), pos="last-child")
        assert_right()
    finally:
        Page.objects.get(pk=other.pk).delete()


def test_a_copy_is_made_while_its_partner_becomes_private(partner):
    article = partner.get_first_child().specific
    with beside(lambda: restrict(partner)):
        article.copy(update_attrs={"slug": "copy"})
    assert not CountedArticle.objects.exists()
    assert_right()


def test_an_article_joins_a_campaign_that_is_prolonged(partner):
    campaign = builders.campaign(partner)
    later = campaign.ends_at + timedelta(days=300)
    article = PartnerArticlePage.objects.get()
    with beside(lambda: PartnerCampaign.objects.update(ends_at=later)):
        PartnerArticlePage.objects.filter(pk=article.pk).update(partner_campaign=campaign)
    assert CountedArticle.objects.get(pk=article.pk).ends_at == later
    assert_right()


def test_an_article_takes_a_topic_whose_key_changes(partner):
    one, other = (Topic.objects.create(name=name, slug=name, locale=partner.locale) for name in ("one", "other"))
    Topic.objects.filter(pk=other.pk).update(locale=builders.home("zh-hant").locale)
    article = PartnerArticlePage.objects.get()
    with beside(lambda: Topic.objects.filter(pk=other.pk).update(translation_key=one.translation_key)):
        PartnerArticlePage.topics.through.objects.create(partnerarticlepage=article, topic=other)
    # It waits for nobody, since those who name the topic may wait for it.
    tidy_counts(0)
    assert CountedArticle.objects.get(pk=article.pk).topics == [one.translation_key]
    assert_right()


def publish_one(partner):
    article = builders.article(partner, live=False)
    article.save_revision().publish()


@pytest.mark.parametrize("hides", [True, False], ids=["hidden", "shown"])
def test_who_publishes_waits_for_nobody_who_restricts(partner, hides):
    """The worker mends what comes of it, when both are over; an article could not wait without a deadlock."""
    if not hides:
        restrict(partner)
    other = Beside(lambda: publish_one(partner))
    with transaction.atomic():
        if hides:
            restrict(partner)
        else:
            PageViewRestriction.objects.all().delete()
        other.start()
        other.end()
        assert CountDoubt.objects.exists()
    tidy_counts(0)
    assert CountedArticle.objects.count() == (0 if hides else 2)
    assert_right()
    assert not CountDoubt.objects.exists()


def test_a_doubt_stays_while_somebody_is_not_over(partner):
    CountDoubt.objects.create()
    other = Beside(lambda: tidy_counts(0))
    with transaction.atomic():
        publish_one(partner)
        other.start()
        other.end()
    assert CountDoubt.objects.exists()
    tidy_counts(0)
    assert not CountDoubt.objects.exists()


def test_who_would_be_waited_for_by_whom_it_waits_for_leaves_a_doubt(partner):
    """Two who each publish, and restrict then: each waits for the other's publication."""
    partners = [partner, builders.partner("Other", slug="other")]
    barrier = threading.Barrier(2)

    def publish_and_restrict(number):
        with transaction.atomic():
            publish_one(partners[number])
            barrier.wait(timeout=30)
            restrict(partners[number])

    try:
        at_once(2, publish_and_restrict)
        assert CountDoubt.objects.exists()
        tidy_counts(0)
        assert not CountedArticle.objects.exists()
        assert_right()
    finally:
        Page.objects.get(pk=partners[1].pk).delete()


def test_another_password_counts_nothing(partner):
    """It looks for no articles and waits for nobody, however many stand below."""
    restrict(partner)
    other = Beside(lambda: PageViewRestriction.objects.update(restriction_type="password", password="other"))
    with transaction.atomic():
        publish_one(partner)
        other.start()
        other.end()
    assert not CountDoubt.objects.exists()
    assert_right()


@pytest.mark.django_db
def test_what_is_wrong_is_mended_by_a_slice_of_each_minute():
    partner = builders.partner()
    articles = [builders.article(partner) for _ in range(4)]
    connection.check_constraints()
    # As no trigger has seen it.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        PartnerArticlePage.objects.filter(pk=articles[0].pk).update(disclosure="unpaid_contribution")
        Page.objects.filter(pk=articles[1].pk).update(live=False)
        cursor.execute("DELETE FROM partners_partnerarticlepage WHERE page_ptr_id = %s", [articles[2].pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert told() != true()
    for minute in range(60):
        mend(minute, 60)
    assert_right()


@pytest.mark.django_db
def test_where_nothing_is_wrong_nothing_is_counted_again(set_database_clock):
    partner = builders.partner()
    campaigns = [builders.campaign(partner, ending=ending) for ending in ("stays", "gone")]
    article = builders.article(partner)
    for campaign in campaigns:
        builders.article(partner, partner_campaign=campaign)
    set_database_clock(campaigns[0].ends_at + timedelta(days=1))
    tidy_counts(0)
    rows = set(ArticleCount.objects.values_list("pk", flat=True))
    mend()
    assert set(ArticleCount.objects.values_list("pk", flat=True)) == rows
    assert told() == true([article])
    assert counted_listed().count() == 2
