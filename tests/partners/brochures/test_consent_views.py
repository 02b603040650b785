"""partners/brochures/consent_views.py: the pages at which a person looks, confirms and withdraws."""

import re
from copy import deepcopy
from datetime import timedelta
from unittest import mock

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from partners.brochures import consent_links
from partners.brochures.confirming import confirm_news
from partners.brochures.consent_links import confirmation_url, consent_url, unsubscribe_headers
from partners.brochures.consent_record import ConsentEvent, Means
from partners.brochures.consent_standing import standing
from partners.brochures.consent_suppression import is_suppressed
from partners.brochures.consent_wording import Purpose
from partners.brochures.submission import Submission
from tests import builders
from tests.partners.brochures.asking import EVERYTHING, ask, asking_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    """Return a browser without cookies: with CSRF checked, as for everybody, and no referrer, as from these pages."""
    return Client(enforce_csrf_checks=True, headers={"origin": "null"})


@pytest.fixture(scope="module")
def kept_page(rows_kept):
    return asking_page(builders.partner("Lanternbridge"), **EVERYTHING)


@pytest.fixture
def page(db, kept_page):
    return deepcopy(kept_page)


def path(url, settings):
    assert url.startswith(settings.SITE_URL)
    return url.removeprefix(settings.SITE_URL)


def text(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").find("main").get_text(" ").split())


def buttons(response):
    main = BeautifulSoup(response.content, "html.parser").find("main")
    return [(button.get("name"), button.get("value")) for button in main.find_all("button")]


def press(client, address, **data):
    """Press a button, and return the page that follows."""
    answer = client.post(address, data)
    assert answer.status_code == 303
    return client.get(answer.headers["Location"])


def test_page_shows_what_was_agreed_with_text_version_time_and_state(visitor, page, settings):
    submission = ask(page, "news", "handover")
    response = visitor.get(path(consent_url(submission), settings))
    assert response.status_code == 200
    words = text(response)
    for record in submission.consents.all():
        assert record.text in words
    assert words.count("Version 1 of this sentence") == 3
    for part in ("You agreed to this.", "It does not count yet", "You left this box empty", submission.reference):
        assert part in words
    assert "reader@example.com" not in words
    assert "r…@example.com" in words
    assert buttons(response) == [
        ("confirm", "news"),
        ("withdraw", "news"),
        ("withdraw", "handover"),
        ("withdraw", "all"),
    ]


def test_page_says_what_is_kept_and_until_when(visitor, settings):
    words = text(visitor.get(path(consent_url(ask(builders.request_page())), settings)))
    for part in (
        "What you filled in: Your name, E-mail address, Company",
        "by ourselves, or earlier if you ask us to",
        "Nothing.",
    ):
        assert part in words


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(visitor, page, settings, method):
    submission = ask(page, "news", "handover", "transfer")
    before = list(ConsentEvent.objects.values())
    for url in (consent_url(submission), confirmation_url(submission)):
        for query in ("", "?withdraw=all", "?confirm=news", "?List-Unsubscribe=One-Click", "?done=all"):
            assert getattr(visitor, method)(path(url, settings) + query).status_code == 200
    assert list(ConsentEvent.objects.values()) == before
    assert not is_suppressed(submission.email)


@pytest.mark.parametrize("purpose", ["news", "handover", "transfer"])
def test_each_is_withdrawn_by_itself_and_the_page_says_what_follows(visitor, page, settings, purpose):
    submission = ask(page, "news", "handover", "transfer")
    confirm_news(submission, Means.LETTER)
    response = press(visitor, path(consent_url(submission), settings), withdraw=purpose)
    assert standing(submission) == set(Purpose) - {purpose}
    result = BeautifulSoup(response.content, "html.parser").find(class_="consent-result").get_text(" ")
    follows = {"news": "no more news to this address", "handover": "nothing more of yours to Lanternbridge"}
    assert follows.get(purpose, "nothing more of yours out of mainland China") in " ".join(result.split())
    assert ("withdraw", purpose) not in buttons(response)


def test_everything_is_withdrawn_by_one_button(visitor, page, settings):
    submission = ask(page, "news", "handover", "transfer")
    response = press(visitor, path(consent_url(submission), settings), withdraw="all")
    assert standing(submission) == set()
    assert buttons(response) == []
    assert len(BeautifulSoup(response.content, "html.parser").select(".consent-result li")) == 3


def test_page_claims_nothing_that_has_not_happened(visitor, page, settings):
    submission = ask(page, "handover")
    for done in ("handover", "all", "news", "confirm", "x"):
        assert b"consent-result" not in visitor.get(path(consent_url(submission), settings) + f"?done={done}").content


@pytest.mark.parametrize("body", [{}, {"withdraw": "x"}, {"confirm": "handover"}, {"withdraw": "\x00"}])
def test_a_button_that_the_page_does_not_have_does_nothing(visitor, page, settings, body):
    submission = ask(page, "handover")
    press(visitor, path(consent_url(submission), settings), **body)
    assert standing(submission) == {"handover"}


def test_news_agreed_to_with_another_request_can_be_withdrawn_here(visitor, page, settings):
    earlier = ask(page, "news")
    confirm_news(earlier, Means.LETTER)
    plain = ask(builders.request_page())
    address = path(consent_url(plain), settings)
    response = visitor.get(address)
    assert "You agreed to this with another request." in text(response)
    assert earlier.consents.get(purpose="news").text in text(response)
    response = press(visitor, address, withdraw="news")
    assert standing(earlier) == set()
    assert "no more news to this address" in text(response)


def test_news_can_be_confirmed_here_for_a_week(visitor, page, settings):
    submission = ask(page, "news")
    address = path(consent_url(submission), settings)
    late = submission.created_at + timedelta(days=7, minutes=1)
    with mock.patch("partners.brochures.agreements.timezone.now", return_value=late):
        assert ("confirm", "news") not in buttons(visitor.get(address))
        press(visitor, address, confirm="news")
        assert standing(submission) == set()
    response = press(visitor, address, confirm="news")
    assert standing(submission) == {"news"}
    assert "Confirmed" in text(response)


def test_second_letter_s_page_has_a_button_that_confirms(visitor, page, settings):
    submission = ask(page, "news")
    address = path(confirmation_url(submission), settings)
    response = visitor.get(address)
    assert len(buttons(response)) == 1
    assert submission.consents.get(purpose="news").text in text(response)
    response = press(visitor, address)
    assert standing(submission) == {"news"}
    assert buttons(response) == []
    assert "Confirmed. Thank you!" in text(response)
    press(visitor, address)
    assert ConsentEvent.objects.filter(kind="confirmed").count() == 1


def test_second_letter_s_page_after_a_withdrawal_confirms_nothing(visitor, page, settings):
    submission = ask(page, "news")
    address = path(confirmation_url(submission), settings)
    press(visitor, path(consent_url(submission), settings), withdraw="news")
    assert "You have withdrawn this" in text(press(visitor, address))
    assert standing(submission) == set()


def test_second_letter_s_link_runs_out_after_seven_days_and_says_so(visitor, page, settings):
    submission = ask(page, "news")
    address = path(confirmation_url(submission), settings)
    with mock.patch.object(signing.time, "time", return_value=signing.time.time() + 7 * 86400 + 1):
        for response in (visitor.get(address), visitor.post(address)):
            assert response.status_code == 410
            assert "This link has run out" in text(response)
    assert standing(submission) == set()


def test_one_click_unsubscribes_without_cookie_token_or_redirect(visitor, page, settings):
    submission = ask(page, "news", "handover")
    confirm_news(submission, Means.LETTER)
    headers = unsubscribe_headers(submission)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = path(re.fullmatch("<(.+)>", headers["List-Unsubscribe"])[1], settings)
    response = visitor.post(address, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert response.cookies == {}
    assert standing(submission) == {"handover"}
    event = submission.consents.get(purpose="news").events.get(kind="withdrawn")
    assert event.how == "one_click"
    assert is_suppressed(submission.email)


def test_every_answer_is_kept_out_of_caches_referrers_and_search(visitor, page, settings):
    submission = ask(page, "news")
    address, confirmation = path(consent_url(submission), settings), path(confirmation_url(submission), settings)
    answers = [
        visitor.get(address),
        visitor.post(address, {"withdraw": "x"}),
        visitor.get(confirmation),
        visitor.get("/consent/x/"),
        visitor.get("/consent/confirm/x/"),
        visitor.post(confirmation),
        visitor.post(address, {"List-Unsubscribe": "One-Click"}),
    ]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.cookies == {}


def test_links_that_lead_nowhere_get_one_and_the_same_page(visitor, page, settings):
    submission = ask(page, "news")
    gone = ask(page, email="gone@example.com")
    tokens = [
        path(consent_url(gone), settings),
        path(confirmation_url(gone), settings),
        path(consent_url(submission), settings).replace("/consent/", "/consent/confirm/"),
        path(confirmation_url(submission), settings).replace("/confirm/", "/"),
        path(consent_url(submission), settings)[:-2] + "/",
        "/consent/x/",
        "/consent/confirm/a.b.c/",
        f"/consent/{submission.key.hex}/",
    ]
    Submission.objects.filter(pk=gone.pk).delete()
    answers = [visitor.get(token) for token in tokens] + [visitor.post(tokens[0], {"withdraw": "all"})]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    empty = ask(page, email="empty@example.com")
    assert visitor.get(path(confirmation_url(empty), settings)).content == answers[0].content


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(token=st.text(max_size=120))
def test_no_guess_is_a_token(token):
    assert consent_links.submission_for(token) is None
    assert consent_links.submission_to_confirm(token) is None


@pytest.mark.parametrize(
    ("language", "name"), [("en", "EN, English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")]
)
def test_page_speaks_the_language_of_the_request_and_can_be_switched(visitor, settings, language, name):
    submission = ask(asking_page(builders.partner(language=language)), "news")
    for url in (consent_url(submission), confirmation_url(submission)):
        address = path(url, settings)
        html = BeautifulSoup(visitor.get(address).content, "html.parser")
        assert html.find("html")["lang"] == language
        switch = {link["hreflang"]: link for link in html.select(".languages a")}
        assert switch[language]["aria-current"] == "true"
        assert switch[language]["aria-label"] == name
        for code, link in switch.items():
            answer = visitor.get(link["href"])
            page = BeautifulSoup(answer.content, "html.parser")
            assert page.find("html")["lang"] == answer.headers["Content-Language"] == code
            assert page.find("form")["action"].endswith(f"?lang={code}")
            assert page.find("blockquote")["lang"] == language


def test_switched_language_stays_after_a_button(visitor, page, settings):
    submission = ask(page, "news")
    response = press(visitor, path(consent_url(submission), settings) + "?lang=zh-hant", withdraw="news")
    assert response.headers["Content-Language"] == "zh-hant"
    assert visitor.get(path(consent_url(submission), settings) + "?lang=xx").headers["Content-Language"] == "en"
