"""partners/migrations/0022: a publication and a change of its partner, each allowed alone, at the same moment."""

import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction
from wagtail.models import Page

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
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
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
