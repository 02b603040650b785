"""The head of a page: where it stands, in which languages, and what a shared link shows of it."""

import pytest
from bs4 import BeautifulSoup
from wagtail.models import Locale, PageViewRestriction

from home.models import StandardPage
from partners.articles.listing import ARTICLES_PER_PAGE
from tests import builders

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def address():
    site = builders.default_site()
    site.hostname, site.port = "127.0.0.1", 8000
    site.save()


def head(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser").head


def canonical(found):
    return [link["href"] for link in found.find_all("link", rel="canonical")]


def languages(found):
    return {link["hreflang"]: link["href"] for link in found.select("link[rel=alternate][hreflang]")}


def social(found):
    return {
        tag.get("property", tag.get("name")): tag["content"]
        for tag in found.select("meta[property], meta[name^='twitter:']")
    }


def in_two_languages(title="A port that drives itself", **fields):
    """Return an article in English and its translation into traditional Chinese."""
    partner = builders.partner("Tide Works", slug="tide")
    chinese = builders.partner("潮汐", language="zh-hant", slug="tide", translation_key=partner.translation_key)
    article = builders.article(partner, title=title, **fields)
    return article, builders.article(
        chinese, title="會行的港", slug=article.slug, translation_key=article.translation_key
    )


def test_a_page_names_itself_every_language_and_a_default(client):
    english, chinese = in_two_languages()
    expected = {"en": english.full_url, "zh-hant": chinese.full_url, "x-default": english.full_url}
    assert english.full_url.startswith(f"{SITE}/partners/tide/")
    for page in (english, chinese):
        found = head(client, page.url)
        assert canonical(found) == [page.full_url]
        assert languages(found) == expected


def test_all_three_languages_of_the_home_page(client):
    for path in ("/", "/zh-hant/", "/zh-hans/"):
        assert languages(head(client, path)) == {
            "en": f"{SITE}/",
            "zh-hant": f"{SITE}/zh-hant/",
            "zh-hans": f"{SITE}/zh-hans/",
            "x-default": f"{SITE}/",
        }


def test_default_is_the_page_itself_where_english_has_none(client):
    page = builders.article(builders.partner(language="zh-hans"), title="港")
    assert languages(head(client, page.url)) == {"zh-hans": page.full_url, "x-default": page.full_url}


def test_what_nobody_may_read_is_not_named(client):
    english, chinese = in_two_languages()
    PageViewRestriction.objects.create(page=chinese, restriction_type=PageViewRestriction.LOGIN)
    assert set(languages(head(client, english.url))) == {"en", "x-default"}
    PageViewRestriction.objects.all().delete()
    chinese.unpublish()
    assert set(languages(head(client, english.url))) == {"en", "x-default"}


def test_query_of_a_campaign_is_no_part_of_the_address(client):
    article = builders.article()
    assert canonical(head(client, f"{article.url}?utm_source=x")) == [article.full_url]


def test_second_page_of_a_listing_is_itself_and_has_no_twin(client):
    partner = builders.partner()
    for _ in range(ARTICLES_PER_PAGE + 1):
        builders.article(partner)
    for page in (builders.latest_page(), partner):
        older = client.get(page.url).context["neighbours"]["older"].partition("?")[2]
        first, second = head(client, page.url), head(client, f"{page.url}?{older}")
        assert canonical(first) == [page.full_url]
        assert languages(first)["en"] == page.full_url
        assert canonical(second) == [f"{page.full_url}?{older}"]
        assert languages(second) == {}
        assert social(second)["og:url"] == f"{page.full_url}?{older}"


def test_a_draft_under_preview_has_no_address(client, admin_client):
    article = builders.article(live=False)
    for page in (article, builders.article()):
        response = page.make_preview_request()
        found = BeautifulSoup(response.content, "html.parser").head
        assert canonical(found) == []
        assert languages(found) == {}
        assert social(found) == {}
        assert not found.find("script", type="application/ld+json")
        assert found.title.text.strip().startswith("Paid content: ")


def test_an_error_has_no_address(client):
    found = head(client, "/nowhere/", status=404)
    assert canonical(found) == []
    assert languages(found) == {}
    assert social(found) == {}


def test_a_shared_article_is_labelled_and_dated(client):
    article, _chinese = in_two_languages(title='Quays & "quiet" <b>', hero_image=builders.image(), hero_decorative=True)
    found = head(client, article.url)
    shown = social(found)
    assert found.title.text.split("·")[0].strip() == 'Paid content: Quays & "quiet" <b>'
    assert shown["og:title"] == shown["twitter:title"] == 'Paid content: Quays & "quiet" <b>'
    assert (
        shown["og:description"]
        == shown["twitter:description"]
        == found.find("meta", {"name": "description"})["content"]
    )
    assert shown["og:description"].startswith("Paid content · Tide Works · ")
    assert shown["og:type"] == "article"
    assert shown["og:url"] == article.full_url
    assert (shown["og:locale"], shown["og:locale:alternate"]) == ("en_GB", "zh_HK")
    assert shown["article:published_time"] == article.published_at.isoformat()
    assert shown["article:modified_time"] == article.updated_at.isoformat()
    assert shown["twitter:card"] == "summary_large_image"
    assert shown["twitter:image"] == shown["og:image"]
    assert (shown["og:image:width"], shown["og:image:height"]) == ("1200", "630")
    assert shown["og:image:alt"].startswith("Paid content")


def test_other_pages_are_shared_as_pages_of_the_site(client):
    partner = builders.partner("Tide Works")
    page = StandardPage(title="Privacy", slug="privacy", body=[])
    builders.home().add_child(instance=page)
    for path, title in ((partner.url, "Tide Works"), (page.url, "Privacy"), ("/latest/", builders.latest_page().title)):
        shown = social(head(client, path))
        assert (shown["og:type"], shown["og:title"], shown["og:site_name"]) == ("website", title, "Qianhai")
        assert shown["twitter:card"] == "summary"


@pytest.mark.parametrize(("path", "label"), [("/nowhere/", "Paid content: "), ("/zh-hant/nowhere/", "付費內容： ")])
def test_who_has_lost_the_way_is_offered_the_newest_with_labels(client, django_assert_max_num_queries, path, label):
    language = "zh-hant" if "zh" in path else "en"
    partner = builders.partner("Tide Works", language=language)
    for number in range(5):
        builders.article(partner, title=f"Quay {number}", hero_image=builders.image(), hero_decorative=True)
    client.get(path)  # the pictures are ordered once
    with django_assert_max_num_queries(25):
        found = BeautifulSoup(client.get(path).content, "html.parser").main
    titles = [" ".join(heading.text.split()) for heading in found.select(".card h3")]
    assert titles == [f"{label}Quay {number}" for number in (4, 3, 2, 1)]
    for card in found.select(".card"):
        assert card.get_text(" ", strip=True).startswith(f"{label.rstrip(': ：')} Tide Works")


def test_locales_have_names_for_networks():
    from home.templatetags.site_tags import OG_LOCALES

    assert set(OG_LOCALES) == set(Locale.objects.values_list("language_code", flat=True))


def test_every_page_is_described_by_what_it_says_of_itself(client):
    page = builders.latest_page()
    page.introduction = "Newest & <first>."
    page.save_revision().publish()

    def described(path):
        found = head(client, path)
        return found.find("meta", attrs={"name": "description"})["content"], social(found)["og:description"]

    assert described(page.url) == ("Newest & .",) * 2
    page.search_description = "All that partners wrote"
    page.save_revision().publish()
    assert described(page.url) == ("All that partners wrote",) * 2
    page.introduction, page.search_description = "", ""
    page.save_revision().publish()
    assert described(page.url) == (page.title,) * 2
