"""qianhai_site/signed_in.py: what becomes of a form of the admin whose user's session has run out."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db

FORM = "/admin/brochure-requests/7/release/"
PAGE = "http://testserver/admin/brochure-requests/7/?from=list#work"


def next_of(response):
    address = urlsplit(response.headers["Location"])
    assert (response.status_code, address.path) == (302, reverse("wagtailadmin_login"))
    return parse_qs(address.query)["next"]


def test_who_is_signed_in_is_given_a_token_that_forms_are_taken_with(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    response = client.get(reverse("signed_in"))
    token = response.json()["token"]
    assert "no-store" in response.headers["Cache-Control"]
    body = {"name": "x", "partner": "", "csrfmiddlewaretoken": token}
    assert client.post("/admin/snippets/partners/partnercampaign/add/", body).status_code == 200


def test_nobody_else_is_and_no_browser_calls_it_an_error(client):
    response = client.get(reverse("signed_in"))
    assert (response.status_code, response.json()) == (200, {"token": ""})


def test_signing_in_leads_back_to_the_page_of_the_form(client):
    response = client.post(FORM, headers={"Referer": PAGE})
    assert next_of(response) == ["/admin/brochure-requests/7/?from=list"]
    assert "You were signed out" in client.get(response.headers["Location"]).content.decode()


@pytest.mark.parametrize("referer", ["", "https://evil.example/admin/", "http://testserver.evil.example/"])
def test_signing_in_never_leads_to_another_site(client, referer):
    assert next_of(client.post(FORM, headers={"Referer": referer})) == [FORM]


def test_a_page_that_is_only_read_is_come_back_to_as_ever(client):
    assert next_of(client.get("/admin/account/", headers={"Referer": PAGE})) == ["/admin/account/"]
