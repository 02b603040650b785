"""partners/articles/structured_data.py: what pages say to machines, read back from the pages themselves."""

import json
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from partners.articles.site_names import language_tag
from partners.articles.structured_data import as_element
from tests import builders

pytestmark = pytest.mark.django_db


def blocks(client, path):
    """Return every data block of the page, by its type."""
    soup = BeautifulSoup(client.get(path).content, "html5lib")
    found = [json.loads(script.string) for script in soup.find_all("script", type="application/ld+json")]
    assert all(block["@context"] == "https://schema.org" for block in found)
    return {block["@type"]: block for block in found}


@pytest.mark.usefixtures("pictures_at_once")
def test_paid_article(client):
    partner = builders.partner("Tide Works", website="https://tide.example/")
    article = builders.article(
        partner,
        title="Cranes",
        hero_image=builders.image(),
        hero_alt="A crane",
        first_published_at=timezone.now(),
        label_changed_at=datetime(2027, 1, 2, 3, 4, tzinfo=UTC),
    )
    data = blocks(client, article.url)["AdvertiserContentArticle"]
    sponsor = {"@type": "Organization", "name": "Tide Works", "url": partner.full_url}
    sponsor["@id"] = f"{partner.full_url}#organization"
    assert data["headline"] == "Paid content: Cranes"
    assert data["description"].startswith("Paid content · Tide Works · ")
    assert data["sponsor"] == data["author"] == sponsor
    assert data["publisher"]["name"] == "Qianhai"
    assert data["url"] == data["mainEntityOfPage"] == article.full_url
    assert data["inLanguage"] == "en"
    assert data["isAccessibleForFree"] is True
    assert data["datePublished"].startswith("2026-10-01T")
    assert datetime.fromisoformat(data["dateModified"]) == article.label_changed_at
    (image,) = data["image"]
    assert image["url"].startswith("http")
    assert (image["width"], image["height"]) == (640, 336)


def test_who_wrote_and_who_paid_are_kept_apart(client):
    ours = builders.article(disclosure="paid_by_partner")
    data = blocks(client, ours.url)["AdvertiserContentArticle"]
    assert data["author"]["name"] == "Qianhai"
    assert data["sponsor"]["name"] == ours.sponsor.title
    given = builders.article(disclosure="unpaid_contribution")
    found = blocks(client, given.url)
    assert "AdvertiserContentArticle" not in found
    assert found["Article"]["headline"].startswith("Contributed content: ")
    assert found["Article"]["sponsor"]["name"] == found["Article"]["author"]["name"] == given.sponsor.title


def test_way_to_an_article_names_it_with_its_label(client):
    partner = builders.partner("Tide Works")
    article = builders.article(partner, title="Cranes")
    steps = blocks(client, article.url)["BreadcrumbList"]["itemListElement"]
    assert [step["position"] for step in steps] == [1, 2, 3, 4]
    assert [step["name"] for step in steps][2:] == ["Tide Works", "Paid content: Cranes"]
    assert [step["item"] for step in steps][2:] == [partner.full_url, article.full_url]


def test_chinese_article_speaks_chinese(client):
    article = builders.article(builders.partner("潮汐", language="zh-hant"), title="港")
    data = blocks(client, article.url)["AdvertiserContentArticle"]
    assert data["inLanguage"] == "zh-Hant"
    assert data["headline"] == "付費內容：港"
    assert data["publisher"]["url"].endswith("/zh-hant/")


@pytest.mark.usefixtures("pictures_at_once")
def test_partner_is_an_organisation(client):
    partner = builders.partner("Tide Works", website="https://tide.example/", contact_email="desk@tide.example")
    data = blocks(client, partner.url)["Organization"]
    assert (data["name"], data["url"], data["sameAs"]) == ("Tide Works", partner.full_url, ["https://tide.example/"])
    assert data["email"] == "desk@tide.example"
    assert data["logo"]["url"].startswith("http")


def test_home_is_the_site_and_no_step_on_a_way(client):
    found = blocks(client, "/zh-hans/")
    assert set(found) == {"WebSite"}
    assert found["WebSite"]["inLanguage"] == "zh-Hans"
    assert set(blocks(client, "/latest/")) == {"BreadcrumbList"}


@pytest.mark.parametrize(
    "title", ["</script><script>alert(1)</script>", "<!--<script>", "]]> & \u2028 \u2029 \\", '"quoted"', "</SCRIPT x>"]
)
def test_no_title_gets_out_of_its_block(client, title):
    article = builders.article(builders.partner(title), title=title)
    found = blocks(client, article.url)
    assert found["AdvertiserContentArticle"]["headline"] == f"Paid content: {title}"
    assert found["AdvertiserContentArticle"]["sponsor"]["name"] == title
    assert found["BreadcrumbList"]["itemListElement"][-1]["name"] == f"Paid content: {title}"
    assert not set("<>&") & set(
        as_element({"a": title}).removeprefix('<script type="application/ld+json">')[: -len("</script>")]
    )


def test_sponsor_without_a_page_has_no_address(client):
    article = builders.article()
    article.sponsor.unpublish()
    data = blocks(client, article.url)["AdvertiserContentArticle"]
    assert data["sponsor"] == {"@type": "Organization", "name": article.sponsor.title}


@pytest.mark.parametrize(("code", "tag"), [("en", "en"), ("zh-hant", "zh-Hant"), ("en-gb", "en-GB")])
def test_languages_as_the_standard_writes_them(code, tag):
    assert language_tag(code) == tag
