"""qianhai_site/outage.py: a page that fails, and a database that is away."""

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.template.loader import get_template
from django.utils import translation


@pytest.fixture
def broken(client, monkeypatch):
    """Return a client of a site whose every query fails with the given error."""

    def break_with(error):
        def refuse():
            raise error("of no concern to visitors")

        monkeypatch.setattr(connection, "cursor", refuse)
        client.raise_request_exception = False
        return client

    return break_with


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_database_that_is_away_is_a_503_that_says_when_to_come_back(broken, error):
    response = broken(error).get("/")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "no-store" in response.headers["Cache-Control"]
    assert BeautifulSoup(response.content, "html.parser").h1.text == "Back in a moment"


def test_form_sent_to_a_site_without_its_database_is_told_that_it_was_not_taken(broken):
    response = broken(OperationalError).post("/partners/somebody/guide/", {"name": "Ann", "password": "kept"})
    assert response.status_code == 503
    html = response.content.decode()
    assert "Oops! Something went wrong while submitting the form" in html
    assert "Ann" not in html
    assert "kept" not in html


def test_fault_of_ours_stays_a_500(broken):
    response = broken(ProgrammingError).get("/")
    assert response.status_code == 500
    assert "Retry-After" not in response.headers
    assert "Something broke on our side" in response.content.decode()


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_answer_comes_in_the_language_of_the_address(broken, language):
    with translation.override(language):
        html = BeautifulSoup(broken(OperationalError).get(f"/{language}/").content, "html.parser")
    assert html.html["lang"].lower() == language
    assert html.find(class_="notice-page__code").text == "503"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["400.html", "429.html", "500.html", "503.html"])
@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_way_home_leads_to_the_home_page_of_the_language(client, language, name):
    with translation.override(language):
        html = BeautifulSoup(get_template(name).render({"minutes": 2}), "html.parser")
    ways = {link["href"] for link in html.select("a.wordmark, .actions a")}
    assert len(ways) == 1
    home = client.get(ways.pop())
    assert home.status_code == 200
    assert BeautifulSoup(home.content, "html.parser").html["lang"] == language


def test_way_home_leads_somewhere_in_a_language_of_the_admin_too():
    with translation.override("fr"):
        html = BeautifulSoup(get_template("500.html").render(), "html.parser")
    assert {link["href"] for link in html.select("a.wordmark, .actions a")} == {"/"}
