"""partners/search/views.py: what a reader sees of a search."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, PageViewRestriction

from partners.articles.topics import Topic
from partners.search import finding
from partners.search.indexing import index_missing
from tests import builders

pytestmark = pytest.mark.django_db


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_hit_says_its_label_and_sponsor_before_its_title(client, site):
    text = text_of(client.get("/search/", {"q": "cranes"}))
    hit = text[text.index('class="hits"') :]
    label, sponsor, title = hit.index("Paid content"), hit.index("Harbour Hoists"), hit.index("hit__title")
    assert label < sponsor < title
    assert "<mark>Cranes</mark> that learn to lift" in hit


def test_a_suggestion_says_its_label_before_its_title(client, site):
    text = text_of(client.get("/search/suggestions/", {"q": "cra"}))
    assert text.index("Paid content") < text.index("<mark>Cranes</mark> that learn")


@pytest.mark.parametrize(("prefix", "query", "title"), [("/zh-hant", "税务", "稅解讀"), ("/zh-hans", "稅務", "税解读")])
def test_every_language_has_its_search(client, site, prefix, query, title):
    response = client.get(f"{prefix}/search/", {"q": query})
    assert response.headers["Content-Language"] == prefix[1:]
    assert title in re.sub("</?mark>|<wbr>", "", text_of(response))


def test_each_language_to_choose_is_named_in_itself(client, site):
    options = re.findall(r'<option value="([^"]+)" lang="([^"]+)">', text_of(client.get("/search/")))
    assert options == [("en", "en"), ("zh-hant", "zh-hant"), ("zh-hans", "zh-hans")]


def test_what_was_typed_is_shown_as_text(client, site):
    text = text_of(client.get("/search/", {"q": "<script>alert(1)</script> cranes"}))
    assert "<script>alert" not in text


def test_a_private_article_is_not_found(client, site):
    PageViewRestriction.objects.create(page=site["cranes"], restriction_type="login")
    assert "learn to lift" not in text_of(client.get("/search/", {"q": "cranes"}))


@pytest.mark.parametrize(
    "parameters",
    [
        {"q": "cranes", "language": "xx"},
        {"q": "cranes", "page": "99999999999999999999"},
        {"q": "cranes", "topic": "\x00"},
        {"q": "cranes", "partner": "nobody", "kind": "all"},
        {"q": "cranes\ud800".encode("utf-8", "surrogatepass")},
    ],
)
def test_odd_parameters_narrow_nothing(client, site, parameters):
    response = client.get("/search/", parameters)
    assert response.status_code in {200, 400}


def test_narrowing_stays_while_pages_are_turned(client, site):
    sponsor = site["cranes"].sponsor
    for number in range(25):
        builders.article(sponsor, title=f"Cranes, part {number}")
    index_missing()
    response = client.get("/search/", {"q": "cranes", "partner": sponsor.slug, "kind": "paid"})
    following = re.search(r'href="(\?[^"]+)"\s+rel="next"', response.content.decode())[1].replace("&amp;", "&")
    assert {"q=cranes", f"partner={sponsor.slug}", "kind=paid", "page=2"} <= set(following[1:].split("&"))
    second = client.get(f"/search/{following}")
    assert not {hit.page.pk for hit in response.context["hits"]} & {hit.page.pk for hit in second.context["hits"]}


def test_narrowing_stays_in_another_language_where_it_has_a_name(client, site):
    hant = Locale.objects.get(language_code="zh-hant")
    sponsor, topic = site["cranes"].sponsor, Topic.objects.create(name="Ports", slug="ports", locale=site["tax"].locale)
    partner = builders.partner(
        "海港吊機", "zh-hant", slug="hoists-of-the-harbour", translation_key=sponsor.translation_key
    )
    Topic.objects.create(name="港口", slug="harbours", locale=hant, translation_key=topic.translation_key)
    chosen = {"q": "cranes", "language": "en", "topic": topic.slug, "partner": sponsor.slug, "kind": "paid"}

    def asked_elsewhere(parameters):
        text = client.get("/search/", parameters).content.decode()
        links = BeautifulSoup(text, "html.parser").select("header a[hreflang]")
        return {urlsplit(link["href"]).path: dict(parse_qsl(urlsplit(link["href"]).query)) for link in links}

    found = asked_elsewhere(chosen)
    assert found["/search/"] == chosen
    assert found["/zh-hant/search/"] == {**chosen, "topic": "harbours", "partner": partner.slug}
    # Of neither there is a name in the third: nobody is shown a list that claims to be narrowed by it.
    assert found["/zh-hans/search/"] == {"q": "cranes", "language": "en", "kind": "paid"}
    assert asked_elsewhere({"kind": "paid"})["/zh-hant/search/"] == {"kind": "paid"}
    assert asked_elsewhere({"topic": "nothing", "kind": "all"})["/zh-hant/search/"] == {}
    # What is offered there is what it leads to.
    there = client.get("/zh-hant/search/", found["/zh-hant/search/"])
    assert there.context["form"].chosen() == {name: found["/zh-hant/search/"][name] for name in chosen if name != "q"}


def test_a_link_narrows_by_a_partner_who_is_not_in_the_list(client, site, monkeypatch):
    sponsor = site["cranes"].sponsor
    monkeypatch.setattr("partners.search.narrowing.MOST_PARTNERS", 0)
    response = client.get("/search/", {"q": "cranes", "partner": sponsor.slug})
    assert {hit.page.sponsor for hit in response.context["hits"]} == {sponsor}
    assert re.findall(r'<option value="[^"]+" selected>\s*([^<]+)', text_of(response)) == [sponsor.title]
    assert sponsor.title not in text_of(client.get("/search/", {"q": "zebra", "partner": "nobody"}))


def test_nothing_found_is_said_with_advice(client, site):
    text = text_of(client.get("/search/", {"q": "zebra", "kind": "paid"}))
    assert "Nothing found for “<bdi>zebra</bdi>”" in text
    assert "Search without narrowing" in text


def test_it_is_not_for_robots_and_says_for_how_long_it_may_be_kept(client, site):
    response = client.get("/search/", {"q": "cranes"})
    assert '<meta name="robots" content="noindex, follow">' in text_of(response)
    assert response.headers["Cache-Control"] == "max-age=0, s-maxage=0"
    assert not response.cookies


def test_the_page_without_a_question_is_for_robots_too(client, site):
    text = text_of(client.get("/search/"))
    assert 'name="robots"' not in text
    assert '<meta name="description"' in text
    assert 'name="robots"' in text_of(client.get("/search/", {"kind": "paid"}))


def test_a_post_is_refused(client, site):
    assert client.post("/search/", {"q": "cranes"}).status_code == 405


def test_queries_do_not_grow_with_the_hits(client, site):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get("/search/", {"q": "cranes"})
        return len(queries)

    cost()
    before = cost()
    for number in range(30):
        picture = {"hero_image": builders.image(), "hero_decorative": True}
        builders.article(site["cranes"].sponsor, title=f"Cranes, part {number}", **picture)
    index_missing()
    assert cost() <= before


@pytest.mark.parametrize("query", ["cranes", "zyxwvuts", "cranse"])
def test_a_query_keeps_its_direction_to_itself(client, site, query):
    """A heading finds its direction by what it begins with, which in Chinese is the query."""
    soup = BeautifulSoup(client.get("/zh-hant/search/", {"q": query}).content, "html.parser")
    assert soup.select_one("#search-outcome > bdi").get_text() == query
    assert soup.title.get_text().split()[0] == f"搜尋：{query}"
    corrected = soup.select_one(".search-answer__note bdi")
    assert (corrected and corrected.get_text()) == ("cranes" if query == "cranse" else None)


@pytest.mark.parametrize(
    ("most", "outcome", "shown"), [(8, "More than 8 pages", 8), (10, "More than 9 pages", 9), (11, "10 pages", 10)]
)
def test_more_pages_are_said_to_be_found_where_there_are_more(client, many, monkeypatch, most, outcome, shown):
    """Ten are about cranes, of which the oldest is found by its title as well; one is asked for to know of more."""
    monkeypatch.setattr(finding, "NEWEST_BY_TITLE", most)
    monkeypatch.setattr(finding, "NEWEST_BY_TEXT", most)
    text = text_of(client.get("/search/", {"q": "cranes"}))
    assert f'id="search-outcome"> {outcome} for' in text
    assert text.count('<article class="hit">') == shown
