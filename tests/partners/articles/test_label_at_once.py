"""partners/migrations/0022, in_step.py: a publication and what goes against it, each allowed alone, at once."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail_localize.models import TranslationSource

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerPage
from tests import builders
from tests.faults.waiting import wait_until


@pytest.fixture
def draft(committed):
    """A draft that other connections see, below a partner with a logo."""
    article = builders.article(live=False)
    article.save_revision()
    partner, logo = article.sponsor, article.sponsor.logo
    yield article
    Page.objects.get(pk=partner.pk).delete()
    logo.delete()


def somebody_waits():
    # Of this database: the server has those of other tests, too. (pg_stat_activity stands still in a transaction.)
    here = "SELECT pid FROM pg_locks JOIN pg_database ON oid = database WHERE datname = current_database()"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN ({here})")
        return cursor.fetchone()[0] > 0


def test_publication_waits_for_the_partner_that_is_losing_its_logo_and_is_refused(draft):
    outcome = []

    def publish():
        try:
            draft.latest_revision.publish()
        except IntegrityError as error:
            outcome.append(error)
        finally:
            connections.close_all()

    other = threading.Thread(target=publish)
    with transaction.atomic():
        PartnerPage.objects.filter(pk=draft.sponsor.pk).update(logo=None)
        connection.check_constraints()  # nothing is published yet
        other.start()
        wait_until(lambda: somebody_waits() or not other.is_alive(), 20, "the publication waits")
    other.join(timeout=30)
    assert len(outcome) == 1
    assert "live_article_is_labelled" in str(outcome[0].__cause__.diag.constraint_name)
    assert not PartnerArticlePage.objects.get(pk=draft.pk).live


def test_two_languages_that_are_published_at_once_end_in_step(draft):
    draft.disclosure = "unpaid_contribution"
    draft.save()
    partner = draft.sponsor.copy_for_translation(Locale.objects.get(language_code="zh-hant"))
    partner.get_latest_revision().publish()
    chinese = draft.copy_for_translation(partner.locale)
    for article, kind in ((draft, "paid_by_partner"), (chinese, "partner_controlled")):
        article.disclosure = kind
        article.save()
        article.save_revision()
    revision = Page.objects.get(pk=chinese.pk).latest_revision

    def publish():
        try:
            revision.publish()
        finally:
            connections.close_all()

    other = threading.Thread(target=publish)
    try:
        with transaction.atomic():
            Page.objects.get(pk=draft.pk).latest_revision.publish()
            other.start()
            wait_until(somebody_waits, 30, "the other publication waits")
        other.join(30)
        family = PartnerArticlePage.objects.filter(translation_key=draft.translation_key, live=True)
        assert [article.disclosure for article in family] == ["partner_controlled"] * 2
    finally:
        Page.objects.get(pk=partner.pk).delete()


def test_a_language_whose_publication_is_refused_keeps_no_other_back(draft):
    draft.save_revision().publish()
    client = Client()
    client.force_login(User.objects.create_superuser("chief", password="a-long-password"))
    locales = [Locale.objects.get(language_code=code) for code in ("zh-hant", "zh-hans")]
    partners = [draft.sponsor.copy_for_translation(locale) for locale in locales]
    for partner in partners:
        partner.get_latest_revision().publish()
    submit = reverse("wagtail_localize:submit_page_translation", args=[draft.pk])
    client.post(submit, {"locales": [locale.pk for locale in locales]})
    PartnerPage.objects.filter(pk=partners[0].pk).update(logo=None)
    source = TranslationSource.objects.get(object_id=draft.translation_key)
    synchronise = reverse("wagtail_localize:update_translations", args=[source.pk])
    try:
        response = client.post(synchronise, {"publish_translations": "on"}, follow=True)
        assert "needs a name and a logo" in " ".join(str(message) for message in response.context["messages"])
        live = Page.objects.filter(translation_key=draft.translation_key, live=True)
        assert {page.locale for page in live} == {draft.locale, locales[1]}
    finally:
        for partner in partners:
            Page.objects.get(pk=partner.pk).delete()
