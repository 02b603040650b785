"""`manage.py make_bulk`: a large site of a small one, whose pages and requests are like any others."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from wagtail.models import Page

from home.bulk.words import EVERYWHERE, IN_HALF, own_word
from partners.articles.article_page import PartnerArticlePage
from partners.brochures.submission import Submission
from partners.delivery.message import State
from partners.search.entry import SearchEntry
from tests import builders

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hant", "zh-hans")


@pytest.fixture
def demo():
    """A partner with an article in each language."""
    for language in LANGUAGES:
        builders.article(builders.partner(f"Tidewater {language}", language))


def make(*arguments):
    said = StringIO()
    call_command("make_bulk", *arguments, stdout=said)
    return said.getvalue()


def in_language(language):
    return PartnerArticlePage.objects.filter(locale__language_code=language, slug__startswith="bulk-article")


@pytest.mark.usefixtures("demo")
def test_articles_are_like_any_others(client):
    said = make("100")
    assert "100 of 100 articles" in said
    assert [in_language(language).live().count() for language in LANGUAGES] == [60, 20, 20]
    assert Page.find_problems() == ([], [], [], [], [])
    for language in LANGUAGES:
        article = in_language(language).newest_first()[0]
        html = client.get(article.url).content.decode()
        assert article.disclosure_label in html
        assert EVERYWHERE[language] in html
        assert article.sponsor.title in html
        topics = in_language(language).annotate(count=Count("topics")).values_list("count", flat=True)
        assert set(topics) == {2, 3}
    assert in_language("en").get(slug="bulk-article-20").sponsor.slug == "bulk-partner-0"
    assert IN_HALF["en"] in str(in_language("en").get(slug="bulk-article-20").body)


@pytest.mark.usefixtures("demo")
def test_what_was_made_is_found(client):
    make("30")
    assert SearchEntry.objects.filter(page__slug__startswith="bulk-article").count() == 30
    html = client.get("/search/", {"q": own_word(7)}).content.decode()
    assert "Article 7" in html
    assert "Article 8" not in html


@pytest.mark.usefixtures("demo")
def test_more_can_be_made():
    make("20", "--no-search")
    make("20", "--no-search")
    assert in_language("en").count() == 24
    assert in_language("en").filter(slug="bulk-article-24").exists()
    assert Page.find_problems() == ([], [], [], [], [])


@pytest.mark.usefixtures("demo")
def test_requests_have_letters_and_consents():
    make("0", "--requests", "30")
    make("0", "--requests", "5")
    requests = Submission.objects.filter(reference__startswith="QB-")
    assert requests.count() == 35
    one = requests.get(reference="QB-000000020")
    assert one.messages.get().state == State.SENT
    assert one.messages.get().to == one.email
    assert set(one.consents.values_list("purpose", flat=True)) == {"news", "handover"}
    assert [answer["label"] for answer in one.answers][:2] == ["Your name", "Company"]


def test_without_the_demo_it_says_what_to_do():
    with pytest.raises(CommandError, match="seed_demo"):
        make("10")
    assert not PartnerArticlePage.objects.exists()


def test_a_number_below_zero_is_refused():
    with pytest.raises(CommandError, match="not below zero"):
        make("--", "-5")
