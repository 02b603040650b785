"""home/migrations/0002_first_pages.py and site_address.py: a fresh site works before anybody writes for it."""

import pytest
from wagtail.models import Page, Site

from home.site_address import set_site_address
from tests import builders

pytestmark = pytest.mark.django_db
LANGUAGES = {"": "en", "/zh-hant": "zh-hant", "/zh-hans": "zh-hans"}


@pytest.mark.parametrize("prefix", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/latest/", "/partners/"])
def test_empty_page_answers_in_its_language(client, prefix, path):
    response = client.get(prefix + path)
    assert response.status_code == 200
    assert f'<html lang="{LANGUAGES[prefix]}"' in response.content.decode()
    assert response.cookies == {}


def test_languages_are_translations_of_one_another():
    for find in (builders.home, builders.latest_page, builders.partner_index):
        assert len({find(language).translation_key for language in LANGUAGES.values()}) == 1


def test_tree_is_sound():
    assert all(not problem for problem in Page.find_problems())


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://qianhai.example", "https://qianhai.example"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("http://qianhai.example", "http://qianhai.example"),
    ],
)
def test_address_of_the_site_follows_the_environment(settings, url, root):
    settings.SITE_URL = url
    set_site_address()
    assert Site.objects.get().root_url == root


def test_address_written_once_is_not_written_again(django_assert_num_queries):
    with django_assert_num_queries(1):
        set_site_address()
