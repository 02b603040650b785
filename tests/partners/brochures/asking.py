"""Forms that ask for consents, and readers who answer them over HTTP."""

from bs4 import BeautifulSoup
from django.test import Client

from partners.brochures.submission import Submission
from tests import builders

HANDOVER = {
    "consent_handover": True,
    "handover_kinds": "name and e-mail address",
    "handover_goods": "robots for quays",
    "handover_gain": "no_gain",
}
EVERYTHING = {"consent_news": True, "consent_transfer": True, **HANDOVER}


def asking_page(parent=None, **fields):
    """Return a live form that asks for news, or for what `fields` say."""
    return builders.request_page(parent, **(fields or {"consent_news": True}))


def shown_form(page):
    """Return what a visitor's browser would send of the form as it is shown: no box ticked."""
    form = BeautifulSoup(Client().get(page.url).content, "html.parser").find("form")
    return {
        field["name"]: field.get("value", "")
        for field in form.find_all("input")
        if field["type"] != "checkbox" or field.has_attr("checked")
    }


def ask(page, *ticked, email="reader@example.com", form=None):
    """Send the form of `page` with the boxes of `ticked`, and return the request that it made."""
    body = {**(form or shown_form(page)), "name": "Reader", "email": email}
    response = Client().post(page.url, {**body, **{f"consent_{purpose}": "yes" for purpose in ticked}})
    assert response.status_code == 303
    return Submission.objects.latest("pk")
