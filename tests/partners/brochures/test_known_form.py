"""partners/brochures/known_form.py: what is kept of a form costs a request nothing, and is never in its way."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone

from partners.articles.partner_campaign import PartnerCampaign
from partners.brochures.adding_wording import add_wording
from partners.brochures.consent_record import ConsentRecord
from partners.brochures.consent_wording import ConsentWording
from partners.brochures.form_key import new_key
from partners.brochures.known_form import known_form
from partners.brochures.limits import Allowance
from partners.brochures.request_fields import RequestField
from partners.brochures.staff_notice import StaffNotice, StaffRecipient
from partners.brochures.submission import Submission
from partners.handover.endpoint import WebhookEndpoint
from partners.handover.webhook_delivery import WebhookDelivery
from partners.keeping import KeepingMiddleware, keep_with
from tests import builders
from tests.faults.committed import empty_queue
from tests.partners.brochures.asking import EVERYTHING, shown_form
from tests.partners.statements import statements
from tests.site.pagecache.standing_in import Site


@pytest.fixture
def kept():
    """A page cache that is sure of itself and hears what the test says."""
    site = Site()
    before = keep_with(site.cache.parts)
    yield site
    keep_with(before)


def hear(kept, *tags):
    """Have the page cache hear what a trigger would tell it within a second."""
    kept.store.drop(frozenset(tags), 0.0)


def send(page, form=None, **answers):
    """Send the form as a new reader does, with a key of its own; return the answer."""
    email = f"reader-{uuid.uuid4().hex}@example.com"
    name = "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex)
    body = {**(form or shown_form(page)), "key": new_key(), "name": f"Reader {name}", "email": email, **answers}
    return Client().post(page.url, body)


def taken(page, form=None, **answers):
    """Send the form and return the request that was made of it."""
    answer = send(page, form, **answers)
    assert answer.status_code == 303
    return Submission.objects.latest("pk")


@pytest.mark.django_db
@pytest.mark.parametrize("asks", [{}, EVERYTHING], ids=["no consents", "all consents"])
def test_a_request_is_one_statement_and_asks_nothing_of_its_form(kept, asks):
    page = builders.request_page(**asks)
    partner = page.get_parent().specific
    article = builders.article(partner, partner_campaign=builders.campaign(partner))
    form = {**shown_form(page), "article": str(article.pk)}
    taken(page, form)

    with statements() as asked:
        made = send(page, form)

    assert made.status_code == 303
    assert [statement.sql[:20] for statement in asked] == ["WITH row_0 AS (INSER"]
    assert Submission.objects.latest("pk").article == article
    assert Submission.objects.latest("pk").consents.count() == len(
        [name for name in asks if name.startswith("consent_")]
    )


@pytest.mark.django_db
def test_a_new_question_counts_once_it_was_heard_of(kept):
    page = builders.request_page()
    taken(page)
    page.request_fields.add(RequestField(label="Port", clean_name="port", field_type="singleline", sort_order=9))
    page.save()
    assert "port" not in {answer["key"] for answer in taken(page, port="Yantian").answers}
    hear(kept, f"page:{page.pk}")
    assert send(page).status_code == 422
    assert "port" in {answer["key"] for answer in taken(page, port="Yantian").answers}


@pytest.mark.django_db
def test_a_new_version_of_the_brochure_counts_once_it_was_heard_of(kept):
    page = builders.request_page()
    old = taken(page).brochure_file
    new = builders.add_file(page.brochure, builders.pdf_bytes(4, "the second version"))
    assert taken(page).brochure_file == old
    hear(kept, "site")
    later = taken(page)
    assert later.brochure_file == new
    assert later.links.get().brochure_file == new


@pytest.mark.django_db
def test_evidence_is_what_was_shown_whatever_is_kept(kept):
    page = builders.request_page(**EVERYTHING)
    form = shown_form(page)
    shown = ConsentWording.objects.current("en").get(purpose="news")
    new = add_wording("news", "en", "{site} may write to me about everything.")
    for word in ("", "site"):
        hear(kept, word)
        of_old_form = taken(page, form, consent_news="yes")
        assert of_old_form.consents.get(purpose="news").wording == shown
    assert taken(page).consents.get(purpose="news").wording == new


@pytest.mark.django_db
def test_who_is_told_follows_once_it_was_heard_of(kept):
    page = builders.request_page()
    taken(page)
    StaffRecipient.objects.create(form_page=page, email="desk@example.com")
    endpoint = WebhookEndpoint.objects.create(
        name="CRM", ground="own", form_key=page.translation_key, url="https://crm.example/"
    )
    taken(page)
    assert not StaffNotice.objects.exists()
    hear(kept, f"page:{page.pk}", "site")
    later = taken(page)
    assert StaffNotice.objects.get().submission == later
    assert WebhookDelivery.objects.get(endpoint=endpoint).submission == later


@pytest.mark.django_db
def test_an_article_that_is_not_public_any_more_counts_as_none_once_it_was_heard_of(kept):
    page = builders.request_page()
    article = builders.article(page.get_parent().specific)
    form = {**shown_form(page), "article": str(article.pk)}
    assert taken(page, form).article == article
    article.unpublish()
    hear(kept, f"page:{article.pk}")
    assert taken(page, form).article is None


@pytest.mark.django_db
def test_a_campaign_that_was_ended_closes_the_form_once_it_was_heard_of(kept):
    page = builders.request_page()
    partner = page.get_parent().specific
    campaign = builders.campaign(partner)
    article = builders.article(partner, partner_campaign=campaign)
    form = {**shown_form(page), "article": str(article.pk)}
    taken(page, form)
    PartnerCampaign.objects.filter(pk=campaign.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    hear(kept, "site")
    assert send(page, form).status_code == 422


@pytest.mark.django_db
def test_numbers_of_articles_that_somebody_makes_up_are_not_kept(kept):
    page = builders.request_page()
    form = shown_form(page)
    taken(page, form)
    before = kept.store.bytes
    for number in range(900_000_000, 900_000_005):
        assert taken(page, {**form, "article": str(number)}).article is None
    assert kept.store.bytes == before


@pytest.fixture
def committed_page(django_db_setup, django_db_blocker):
    """A form that other connections see, whose constraints are looked at when a request is committed."""
    with django_db_blocker.unblock():
        page = builders.request_page(**EVERYTHING)
        partner, brochure = page.get_parent().specific, page.brochure
        yield page
        Submission.objects.all().delete()
        partner.delete()
        brochure.delete()
        partner.logo.delete()
        Allowance.objects.all().delete()
        empty_queue()
        connection.close()


def test_an_article_that_was_deleted_a_moment_ago_is_in_nobody_s_way(committed_page, kept):
    article = builders.article(committed_page.get_parent().specific)
    form = {**shown_form(committed_page), "article": str(article.pk)}
    assert taken(committed_page, form).article == article
    article.delete()
    made = taken(committed_page, form)
    assert (made.article, made.article_title) == (None, "")
    assert made.messages.get().state == "queued"
    assert ConsentRecord.objects.filter(submission=made).count() == 3


def test_a_version_that_was_deleted_a_moment_ago_is_not_sent(committed_page, kept):
    new = builders.add_file(committed_page.brochure, builders.pdf_bytes(4, "withdrawn at once"))
    form = shown_form(committed_page)
    # Learnt without a request that would refer to it.
    KeepingMiddleware(lambda request: known_form(committed_page))(RequestFactory().post("/"))
    new.delete()
    made = taken(committed_page, form)
    assert made.brochure_file == committed_page.brochure.files.get()
    assert made.links.get().brochure_file == made.brochure_file


def test_a_form_that_was_deleted_a_moment_ago_is_not_found(committed_page, kept):
    other = builders.request_page(committed_page.get_parent().specific, of=committed_page.brochure)
    form, url = shown_form(other), other.url
    taken(other, form)
    Submission.objects.all().delete()
    type(other).objects.get(pk=other.pk).delete()
    before = Submission.objects.count()
    answer = Client().post(url, {**form, "name": "Reader of the quay", "email": "late@example.com"})
    assert answer.status_code == 404
    assert Submission.objects.count() == before
