"""home/models.py's PartnerContentPage and the migration that leaves it: labels lead to what they mean."""

import importlib

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.utils import translation
from django.utils.html import escape
from wagtail.models import Page

from home.models import PartnerContentPage
from home.searching import register_searched_pages
from partners.articles.disclosure import WORDS, Disclosure
from partners.search.texts import texts_of
from tests import builders

pytestmark = pytest.mark.django_db
ADDRESSES = {"en": "/about-partner-content/", "zh-hant": "/zh-hant/about-partner-content/"}


@pytest.mark.parametrize(("language", "address"), ADDRESSES.items())
def test_every_kind_is_explained_by_its_own_words(client, language, address):
    html = client.get(address).content.decode()
    kinds = BeautifulSoup(html, "html.parser").select(".kinds > div")
    assert [kind.select_one(".label").get_text(strip=True) for kind in kinds] == [
        str(WORDS[kind].label) for kind in Disclosure
    ]
    assert all(escape(str(kind.label)) in html for kind in Disclosure)
    assert "{sponsor}" not in html


def test_label_above_an_article_leads_there_in_its_language(client):
    chinese = builders.article(builders.partner("潮水", "zh-hant"))
    for article, address in [(builders.article(), ADDRESSES["en"]), (chinese, ADDRESSES["zh-hant"])]:
        html = BeautifulSoup(client.get(article.url).content, "html.parser")
        assert html.select_one(".disclosure a[href$='/about-partner-content/']")["href"] == address
        assert html.select_one(f".site-footer a[href='{address}']")


def test_label_stays_where_nobody_explains_it(client):
    for page in PartnerContentPage.objects.all():
        page.unpublish()
    html = BeautifulSoup(client.get(builders.article().url).content, "html.parser")
    assert html.select_one(".disclosure .label")
    assert not html.select(".disclosure a[href='']")


def test_explanation_is_searched_in_its_own_language():
    register_searched_pages()
    chinese = PartnerContentPage.objects.get(locale__language_code="zh-hant")
    with translation.override("zh-hant"):
        kind = str(Disclosure.UNPAID_CONTRIBUTION.label)
    assert kind != str(Disclosure.UNPAID_CONTRIBUTION.label)
    assert kind in texts_of(chinese).body


def test_migration_fits_a_tree_that_has_grown_and_leaves_it_sound():
    # A module's name cannot begin with a digit.
    migration = importlib.import_module("home.migrations.0004_labels_explained")
    for _ in range(40):
        # More than 36 children: a place is counted with 36 digits.
        builders.home().add_child(instance=Page(title="Another"))
    migration.remove_explanations(apps, None)
    assert not PartnerContentPage.objects.exists()
    migration.explain_labels(apps, None)
    migration.explain_labels(apps, None)
    assert PartnerContentPage.objects.count() == 3
    assert len(set(PartnerContentPage.objects.values_list("translation_key", flat=True))) == 1
    assert all(not problem for problem in Page.find_problems())
