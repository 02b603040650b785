"""Does every run of words say its language where that is not the page's?"""

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.utils import translation
from wagtail.models import Locale

from tests import builders

pytestmark = pytest.mark.django_db


class Hit:
    """A hit of a search, as the template reads it."""

    def __init__(self, article):
        self.page = self.article = article
        self.title, self.extract, self.language = article.title, article.standfirst, article.locale


@pytest.fixture
def chinese():
    article = builders.article(builders.partner("Tideworks"), title="The quay")
    article.locale = article.sponsor.locale = Locale.objects.get(language_code="zh-hans")
    return article


def test_a_hits_label_is_the_pages_and_its_title_is_not(chinese):
    with translation.override("en"):
        html = BeautifulSoup(render_to_string("partners/search/hit.html", {"hit": Hit(chinese)}), "html.parser")
    assert not html.article.has_attr("lang")
    assert html.find("strong", class_="label").find_parent(lang=True) is None
    for tag in (html.h3.a, html.find(class_="hit__extract"), html.find(class_="disclosure-line__who")):
        assert tag["lang"] == "zh-hans"
    assert html.find("time").find_parent(lang=True) is None


def test_a_hit_in_the_pages_language_says_nothing(chinese):
    with translation.override("zh-hans"):
        html = BeautifulSoup(render_to_string("partners/search/hit.html", {"hit": Hit(chinese)}), "html.parser")
    assert html.find(lang=True) is None
