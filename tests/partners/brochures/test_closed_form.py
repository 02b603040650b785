"""partners/brochures/request_page.py after the end of the campaign whose article led to the form."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from partners.brochures.form import new_key
from partners.brochures.message import BrochureMessage
from partners.brochures.submission import Submission
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def form():
    return builders.request_page()


@pytest.fixture
def article(form):
    partner = builders.partner()
    body = [("call_to_action", {"heading": "Read on", "offer": form})]
    return builders.article(partner, body=body, partner_campaign=builders.campaign(partner))


@pytest.fixture
def _over(set_database_clock, article):
    set_database_clock(timezone.now() + timedelta(days=2))


def fields(article, **changes):
    return {"name": "Reader", "email": "reader@example.com", "key": new_key(), "article": article.pk, **changes}


def test_form_is_open_until_the_end(client, form, article):
    assert b"<form" in client.get(f"{form.url}?article={article.pk}").content
    assert b"data-brochure-opener" in client.get(article.url).content
    assert client.post(form.url, fields(article)).status_code == 303


@pytest.mark.usefixtures("_over")
def test_form_is_closed_with_a_message_for_whoever_comes_from_the_article_alone(client, form, article):
    closed = client.get(f"{form.url}?article={article.pk}")
    assert closed.status_code == 200
    assert b"This offer has ended" in closed.content
    assert b'name="email"' not in closed.content
    assert b"data-brochure-request" in closed.content
    assert b'name="email"' in client.get(form.url).content
    opener = client.get(article.url).content
    assert b"data-brochure-opener" not in opener
    assert b"This offer has ended" in opener


@pytest.mark.usefixtures("_over")
@pytest.mark.parametrize("email", ["reader@example.com", "reader@"])
def test_request_that_comes_too_late_is_shown_to_its_sender_and_not_stored(client, form, article, email):
    response = client.post(form.url, fields(article, email=email))
    assert response.status_code == 422
    page = response.content.decode()
    assert "This offer has ended" in page
    typed = BeautifulSoup(page, "html.parser").select(".request__typed dd")
    assert [answer.get_text(strip=True) for answer in typed] == ["Reader", email]
    assert not Submission.objects.exists()
    assert not BrochureMessage.objects.exists()


@pytest.mark.usefixtures("_over")
def test_unpublished_article_does_not_open_the_form_again(client, form, article):
    article.unpublish()
    assert client.post(form.url, fields(article)).status_code == 422


def test_request_in_time_gets_its_brochure_also_when_it_is_sent_again_too_late(
    client, form, article, set_database_clock
):
    sent = fields(article)
    first = client.post(form.url, sent)
    set_database_clock(timezone.now() + timedelta(days=2))
    again = client.post(form.url, sent)
    assert (again.status_code, again.url) == (303, first.url)
    assert client.get(again.url).status_code == 200
    assert BrochureMessage.objects.count() == 1
