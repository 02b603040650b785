"""partners/brochures/request_page.py and form.py: the form over HTTP."""

import logging
import re
import subprocess
import sys
from copy import deepcopy

import pytest
from bs4 import BeautifulSoup
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from partners.brochures import form_write
from partners.brochures.form import new_key
from partners.brochures.submission import Submission
from partners.delivery.message import OutgoingMessage
from tests import builders

pytestmark = pytest.mark.django_db


def fields(**changes):
    return {"name": "Reader", "email": "reader@example.com", "company": "", "key": new_key(), "article": "", **changes}


@pytest.fixture(scope="module")
def kept_page(rows_kept):
    return builders.request_page()


@pytest.fixture
def page(db, kept_page):
    return deepcopy(kept_page)


def test_form_shows_its_words_and_is_never_cached(client, page):
    response = client.get(page.url)
    assert response.status_code == 200
    html = response.content.decode()
    assert "Enter Your Info Below And We Will Send You The Brochure To Your Inbox!" in html
    assert "Oops! Something went wrong while submitting the form" in html
    assert "no-store" in response.headers["Cache-Control"]


def test_accepted_form_redirects_to_a_thank_you_with_a_reference(client, page):
    response = client.post(page.url, fields())
    assert response.status_code == 303
    thanks = client.get(response.headers["Location"])
    assert thanks.status_code == 200
    html = thanks.content.decode()
    assert "Thank you! Your submission has been received!" in html
    assert Submission.objects.get().reference in html
    assert "no-store" in thanks.headers["Cache-Control"]


def test_sending_twice_makes_one_request(client, page):
    body = fields()
    first, second = client.post(page.url, body), client.post(page.url, body)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": ""}, "Enter your e-mail address"),
        ({"email": "reader@"}, "not a complete e-mail address"),
        ({"email": "a@b.com\r\nBcc: c@d.com"}, "not a complete e-mail address"),
        ({"email": '"a\x0cb"@example.com'}, "not a complete e-mail address"),
        ({"email": "a@exa\u202emple.com"}, "not a complete e-mail address"),
        ({"email": "root@localhost"}, "not a complete e-mail address"),
        ({"email": "reader@[127.0.0.1]"}, "not a complete e-mail address"),
        ({"email": "reader@[::1]"}, "not a complete e-mail address"),
        ({"email": "reader@straße.example"}, "a domain with the letter ‘ß’"),
        ({"email": "reader@βόλος.example"}, "a domain with the letter ‘ς’"),
        ({"email": '"reader"@example.com'}, "without quotation marks"),
        ({"email": r'"re\a\der"@example.com'}, "without quotation marks"),
        ({"name": " "}, "Enter your name."),
        ({"name": "x" * 121}, "at most 120"),
        ({"email": "nul\x00@example.com"}, "not a complete e-mail address"),
        ({"name": "Ann http://elsewhere.example/win"}, "Enter your name alone"),
        ({"name": "win at elsewhere.com now"}, "Enter your name alone"),
        ({"name": "\u202e\u200f"}, "Enter your name."),
    ],
)
def test_bad_answer_is_named_beside_its_field_and_the_rest_is_kept(client, page, change, words):
    response = client.post(page.url, fields(company="Kept & Co", **change))
    assert response.status_code == 422
    html = response.content.decode()
    assert words in html
    assert "Kept &amp; Co" in html
    assert not Submission.objects.exists()


def test_refused_form_keeps_its_key_so_that_the_next_try_counts_once(client, page):
    key = new_key()
    response = client.post(page.url, fields(email="", key=key))
    assert f'value="{key}"' in response.content.decode()


@pytest.mark.parametrize("key", ["", "forged", "00:11:22"])
def test_key_that_is_not_ours_is_renewed_and_nothing_typed_is_lost(client, page, key):
    response = client.post(page.url, fields(key=key))
    assert response.status_code == 422
    html = response.content.decode()
    assert "Please press the button again" in html
    assert "reader@example.com" in html
    fresh = re.search(r'name="key"\s+value="([^"]+)"', html)[1]
    assert client.post(page.url, fields(key=fresh)).status_code == 303


@pytest.mark.parametrize("article", ["", "0", "-1", "x", "9" * 30, "٣", "\x00"])
def test_unknown_article_counts_as_none(client, page, article):
    shown = client.get(page.url, {"article": article}).content.decode()
    assert "\x00" not in shown
    assert client.post(page.url, fields(article=article)).status_code == 303
    assert Submission.objects.get().article is None


def test_article_over_which_the_form_was_opened_is_recorded(client, page):
    article = builders.article(page.get_parent().specific)
    html = client.get(f"{page.url}?article={article.pk}").content.decode()
    assert re.search(rf'name="article"\s+value="{article.pk}"', html)
    client.post(page.url, fields(article=str(article.pk)))
    assert Submission.objects.get().article == article


def test_unpublished_article_is_not_recorded(client, page):
    draft = builders.article(page.get_parent().specific, live=False)
    client.post(page.url, fields(article=str(draft.pk)))
    assert Submission.objects.get().article is None


def test_forged_or_foreign_thank_you_is_not_found(client, page):
    assert client.get(f"{page.url}thanks/QH-0000-0000/").status_code == 404
    location = client.post(page.url, fields()).headers["Location"]
    other = builders.request_page()
    assert client.get(location.replace(page.url, other.url)).status_code == 404


def test_form_from_another_site_is_refused(page):
    assert Client(enforce_csrf_checks=True).post(page.url, fields()).status_code == 403
    assert not Submission.objects.exists()


def test_request_outlives_its_pages(client, page):
    article = builders.article(page.get_parent().specific, title="Kept in memory")
    client.post(page.url, fields(article=str(article.pk)))
    page.get_parent().delete()
    submission = Submission.objects.get()
    assert submission.form_page is None
    assert submission.article_title == "Kept in memory"


@pytest.mark.parametrize("mode", ["", "thanks"])
def test_preview_sends_nothing(client, page, mode):
    response = page.make_preview_request(preview_mode=mode)
    assert response.status_code == 200
    assert not Submission.objects.exists()


def test_same_key_on_another_form_is_a_request_of_its_own(client, page):
    other = builders.request_page()
    body = fields()
    for form in (page, other):
        location = client.post(form.url, body).headers["Location"]
        assert client.get(location).status_code == 200
    assert Submission.objects.count() == 2


def test_direction_characters_do_not_reach_a_letter(client, page):
    client.post(page.url, fields(name="Ann\u202e  Bob\t陳", company="Sea.com\u2066"))
    submission = Submission.objects.get()
    assert (submission.name, submission.company) == ("Ann Bob 陳", "Sea.com")


def test_refusal_for_want_of_a_cookie_is_said_in_the_site_s_own_words(page):
    response = Client(enforce_csrf_checks=True).post(page.url, fields())
    assert response.status_code == 403
    assert "allow cookies for this site" in response.content.decode()


def test_form_names_the_privacy_notice(client, page):
    from home.models import SiteDetails, StandardPage

    notice = StandardPage(title="Privacy", slug="privacy", body=[("paragraph", "<p>Words.</p>")])
    builders.home().add_child(instance=notice)
    details = SiteDetails.for_site(builders.default_site())
    details.privacy_page = notice
    details.save()
    section = client.get(page.url).content.decode().split("data-brochure-request", 1)[1]
    assert 'href="/privacy/"' in section.split("</section>")[0]


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_form_that_cannot_be_stored_is_shown_again_with_all_that_was_typed(client, page, monkeypatch, error):
    def fail(rows, *beside, **_options):
        raise error("the disk is full: reader@example.com")

    body = fields(name="Ann", company="Kept & Co")
    with monkeypatch.context() as broken:
        broken.setattr(form_write, "insert_rows", fail)
        response = client.post(page.url, body)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "no-store" in response.headers["Cache-Control"]
    html = BeautifulSoup(response.content, "html.parser")
    assert html.select_one("[data-problem]").text == page.error_text
    assert {field["name"]: field.get("value", "") for field in html.select("form input")}.items() >= body.items()
    assert not Submission.objects.exists()
    assert client.post(page.url, body).status_code == 303
    assert Submission.objects.count() == OutgoingMessage.objects.count() == 1


def test_database_that_refuses_a_row_is_no_thank_you_and_its_words_are_not_logged(client, page, caplog):
    """The database's own refusal, whatever its reason, after everything was written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            """ $$ BEGIN RAISE disk_full USING MESSAGE = 'no room for ' || NEW."to"; END $$"""
        )
        cursor.execute(
            "CREATE TRIGGER refuse AFTER INSERT ON partners_outgoingmessage FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    with caplog.at_level(logging.ERROR):
        response = client.post(page.url, fields())
    assert response.status_code == 503
    assert not Submission.objects.exists()
    assert "OperationalError 53100" in caplog.text
    assert "reader@example.com" not in caplog.text


def test_form_that_is_shown_says_nothing_of_a_failure(client, page):
    html = BeautifulSoup(client.get(page.url).content, "html.parser")
    assert html.select_one("[data-problem]").text == ""


def test_its_addresses_are_known_before_the_first_two_requests_come_at_once():
    """Wagtail finds them by walking over the class, and keeps them on it: of two threads one fails."""
    code = (
        "import django; django.setup()\n"
        "from partners.brochures.request_page import BrochureRequestPage\n"
        "print('_routablepage_urlresolver' in vars(BrochureRequestPage))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "True"


def test_who_is_led_back_is_told_by_the_title_and_brought_to_what_is_wrong(client, page):
    def told(html):
        soup = BeautifulSoup(html, "html.parser")
        return " ".join(soup.title.get_text().split()), [
            focused.get_text(" ") for focused in soup.select("[autofocus]")
        ]

    title = f"{page.title} · Qianhai"
    assert told(client.get(page.url).content) == (title, [])
    refused_title, [summary] = told(client.post(page.url, fields(email="nobody")).content)
    assert refused_title == f"Not sent yet: {title}"
    assert "Nothing was sent yet" in summary
    assert told(client.get(page.url).content) == (title, [])
