"""`manage.py make_bulk`: a large site of a small one, whose pages and requests are like any others."""

from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex

from home.bulk.words import EVERYWHERE, IN_HALF, own_word
from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_page import PartnerPage
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
@pytest.mark.parametrize("number", [1, 2, 9])
def test_as_many_are_made_as_were_asked_for(number):
    assert f"{number} of {number} articles" in make(str(number), "--no-search")
    assert PartnerArticlePage.objects.filter(slug__startswith="bulk-article").count() == number


@pytest.mark.usefixtures("demo")
def test_numbers_of_deleted_pages_make_no_address_twice():
    """Also where an editor has given a page another address since."""
    make("50", "--no-search")
    PartnerPage.objects.get(locale__language_code="en", slug="bulk-partner-0").delete()
    Page.objects.filter(pk=in_language("en")[0].pk).update(slug="bulk-article-then")
    make("50", "--no-search")
    addresses = list(Page.objects.values_list("url_path", flat=True))
    assert len(addresses) == len(set(addresses))
    slugs = list(in_language("en").values_list("slug", flat=True))
    assert len(slugs) == len(set(slugs))
    assert Page.find_problems() == ([], [], [], [], [])


@pytest.mark.usefixtures("demo")
def test_pictures_know_where_they_are_used():
    image = builders.image()
    PartnerArticlePage.objects.update(hero_image=image, hero_decorative=True)
    make("20", "--no-search")
    made = [*in_language("en"), *PartnerPage.objects.filter(slug__startswith="bulk-partner")]
    for page in made:
        stored = ReferenceIndex.objects.filter(base_content_type__model="page", object_id=page.pk)
        told = stored.values_list("to_content_type", "to_object_id", "model_path", "content_path")
        assert sorted(told) == sorted(ReferenceIndex._extract_references_from_object(page)) != []
    assert ReferenceIndex.get_references_to(image).count() == 3 + 20


@pytest.mark.usefixtures("demo")
def test_none_is_published_later_than_now(monkeypatch):
    """The one of today, whose number is a multiple of the days that there are articles of."""
    parent = PartnerPage.objects.get(locale__language_code="en")
    builders.article(parent, slug="bulk-article-2399")
    morning = timezone.make_aware(datetime(2026, 11, 3, 8))
    monkeypatch.setattr(timezone, "now", lambda: morning)
    make("10", "--no-search")
    made = in_language("en").get(slug="bulk-article-2400")
    assert (made.first_published_at, made.publication_date) == (morning, date(2026, 11, 3))


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
