"""What Wagtail shows whoever needs a password or an account is a page of this site, in the reader's language."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from tests import builders

pytestmark = pytest.mark.django_db

RIGHT = "the right one, and long"
# In what a page of this site says for itself: its heading.
HEADINGS = {"en": "A password is needed here", "zh-hant": "這裏需要密碼", "zh-hans": "这里需要密码"}
LOG_IN = {"en": "Log in to read this page", "zh-hant": "登入後即可閱讀本頁", "zh-hans": "登录后即可阅读本页"}


def private_page(kind: str = PageViewRestriction.PASSWORD, language: str = "en"):
    page = builders.partner("Lanternbridge", language, search_description="Nobody is to read this yet.")
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind, password=RIGHT)
    if kind == PageViewRestriction.GROUPS:
        restriction.groups.add(Group.objects.create(name="Readers"))
    return page, restriction


def shown(answer) -> BeautifulSoup:
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def assert_is_of_this_site(soup: BeautifulSoup, language: str, heading: str) -> None:
    assert soup.html["lang"] == language
    assert soup.h1.get_text(strip=True) == heading
    assert heading in soup.title.text
    assert soup.select_one(".site-header .wordmark")
    assert soup.find("meta", attrs={"name": "robots"})["content"] == "noindex"


@pytest.mark.parametrize("language", HEADINGS)
def test_a_page_that_needs_a_password_asks_for_it_on_a_page_of_this_site(client: Client, language: str):
    page, _ = private_page(language=language)
    soup = shown(client.get(page.url))
    assert_is_of_this_site(soup, language, HEADINGS[language])
    field = soup.find("input", attrs={"name": "password"})
    # WCAG 2.2, 1.3.5: what a password manager fills in says so.
    assert field["autocomplete"] == "current-password"
    assert soup.find("label", attrs={"for": field["id"]})
    assert not field.has_attr("aria-invalid")


def test_what_is_private_is_not_told_in_the_head(client: Client):
    page, _ = private_page()
    head = shown(client.get(page.url)).head
    assert page.title not in str(head)
    assert page.search_description not in str(head)


@pytest.mark.parametrize("language", HEADINGS)
def test_a_wrong_password_is_told_beside_its_field_in_the_language_of_the_page(client: Client, language: str):
    page, restriction = private_page(language=language)
    with translation.override(language):
        address = reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, page.pk])
    soup = shown(client.post(address, {"password": "a guess", "return_url": page.url}))
    assert_is_of_this_site(soup, language, HEADINGS[language])
    field = soup.find("input", attrs={"name": "password"})
    assert field["aria-invalid"] == "true"
    assert soup.find(id=field["aria-describedby"]).get_text(strip=True)
    assert not field.get("value")
    assert soup.find("input", attrs={"name": "return_url"})["value"] == page.url


def test_the_right_password_opens_the_page(client: Client):
    page, _ = private_page()
    form = shown(client.get(page.url)).find("form", attrs={"method": "post"})
    sent = {"password": RIGHT, "return_url": form.find("input", attrs={"name": "return_url"})["value"]}
    assert client.post(form["action"], sent).status_code == 302
    assert shown(client.get(page.url)).h1.get_text(strip=True) == page.title


def test_documents_that_need_a_password_ask_for_it_in_the_same_way(client: Client):
    collection = Collection.get_first_root_node().add_child(name="Papers")
    restriction = CollectionViewRestriction.objects.create(
        collection=collection, restriction_type="password", password=RIGHT
    )
    address = reverse("wagtaildocs_authenticate_with_password", args=[restriction.pk])
    soup = shown(client.post(address, {"password": "a guess", "return_url": "/"}))
    assert_is_of_this_site(soup, "en", HEADINGS["en"])
    assert soup.find("form", attrs={"method": "post"})["action"] == address


@pytest.mark.parametrize("language", LOG_IN)
def test_a_page_for_accounts_leads_to_a_log_in_of_this_site(client: Client, language: str):
    page, _ = private_page(PageViewRestriction.GROUPS, language)
    answer = client.get(page.url)
    soup = shown(client.get(answer["Location"]))
    assert_is_of_this_site(soup, language, LOG_IN[language])
    form = soup.find("form", attrs={"method": "post"})
    kinds = {field["name"]: field.get("autocomplete") for field in form.select("input:not([type=hidden])")}
    assert kinds == {"username": "username", "password": "current-password"}
    assert form.find("input", attrs={"name": "next"})["value"] == page.url
    assert not soup.select_one(".request__problem")
    wrong = shown(client.post(form["action"], {"username": "reader", "password": "a guess", "next": page.url}))
    assert wrong.select_one(".request__problem[role=alert]").get_text(strip=True)
