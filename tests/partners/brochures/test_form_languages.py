"""partners/brochures/request_page.py: the switch of languages in the middle of asking for a brochure."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail.models import Locale

from partners.brochures.form import new_key
from partners.brochures.submission import Submission
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def form():
    """A form that is there in English and in Traditional Chinese."""
    made = builders.request_page()
    made.copy_for_translation(Locale.objects.get(language_code="zh-hant"), copy_parents=True, alias=True)
    return made


def fields(**changes):
    return {"name": "Reader", "email": "reader@example.com", "key": new_key(), **changes}


def other_language(response):
    """Where the switch leads for Traditional Chinese."""
    return BeautifulSoup(response.content, "html.parser").select_one(".languages a[lang=zh-hant]")["href"]


def hidden(response, name):
    return BeautifulSoup(response.content, "html.parser").select_one(f"[name={name}]").get("value", "")


def test_thank_you_is_the_same_request_and_not_an_empty_form(client, form):
    english = client.post(form.url, fields(), follow=True)
    chinese = client.get(other_language(english))
    assert chinese.status_code == 200
    assert Submission.objects.get().reference in chinese.content.decode()
    assert b'name="email"' not in chinese.content
    assert "no-store" in chinese.headers["Cache-Control"]


def test_thank_you_of_another_form_is_not_found(client, form):
    thanks = client.post(form.url, fields()).headers["Location"].removeprefix(form.url)
    assert client.get(f"{builders.request_page().url}{thanks}").status_code == 404


@pytest.mark.parametrize("is_refused", [False, True])
def test_article_and_campaign_that_led_to_the_form_are_kept(client, form, is_refused):
    article = builders.article()
    address = f"{form.url}?article={article.pk}&utm_source=letter&other=x"
    english = client.get(address)
    if is_refused:
        sent = {name: hidden(english, name) for name in ("key", "article", "campaign")}
        english = client.post(form.url, fields(**sent, email="reader@"))
        assert english.status_code == 422
    chinese = client.get(other_language(english))
    assert hidden(chinese, "article") == str(article.pk)
    assert hidden(chinese, "campaign") == "utm_source=letter"


@pytest.mark.parametrize("is_sent", [False, True])
def test_offer_that_has_ended_has_ended_in_every_language(client, form, set_database_clock, is_sent):
    partner = builders.partner()
    article = builders.article(partner, partner_campaign=builders.campaign(partner))
    set_database_clock(timezone.now() + timedelta(days=2))
    address = f"{form.url}?article={article.pk}"
    ended = client.post(form.url, fields(article=article.pk)) if is_sent else client.get(address)
    chinese = client.get(other_language(ended))
    assert b'name="email"' not in chinese.content


def test_what_a_visitor_makes_up_is_not_repeated(client, form):
    english = client.post(form.url, fields(email="", article='1"><b>', campaign='x="><b>'))
    assert other_language(english).endswith(form.slug + "/")
