"""home/sitemap.py: every public page once, by the protocol's rules, at a cost that does not grow."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction

from home import sitemap
from partners.articles.article_page import PartnerArticlePage
from partners.articles.hero import HERO
from tests import builders
from tests.site.pagecache.standing_in import before_the_real_site

pytestmark = pytest.mark.django_db

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}image"


@pytest.fixture(autouse=True)
def address():
    site = builders.default_site()
    site.hostname, site.port = "127.0.0.1", 8000
    site.save()


def read(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return ElementTree.fromstring(response.getvalue())


def parts(client):
    index = read(client, "/sitemap.xml")
    assert index.tag == f"{MAP}sitemapindex"
    return [found.find(f"{MAP}loc").text for found in index]


def entries(client):
    """Return every <url> by its address; what the protocol asks of each is asserted on the way."""
    found = {}
    for part in parts(client):
        document = read(client, part.removeprefix(settings.SITE_URL))
        assert document.tag == f"{MAP}urlset"
        assert 0 < len(document) <= 50_000
        for url in document:
            assert url.tag == f"{MAP}url"
            order = [MAP + "loc", MAP + "lastmod", LINK, IMAGE]
            assert [order.index(child.tag) for child in url] == sorted(order.index(child.tag) for child in url)
            location = url.find(f"{MAP}loc").text
            assert location.startswith(f"{settings.SITE_URL}/")
            assert location.isascii()
            assert len(location) < 2_048
            assert location not in found, "an address stands twice"
            if (changed := url.find(f"{MAP}lastmod")) is not None:
                assert datetime.fromisoformat(changed.text).tzinfo is not None
            found[location] = url
    return found


def alternates(url):
    return {link.get("hreflang"): link.get("href") for link in url.findall(LINK)}


def test_every_public_page_once_under_the_address_that_the_page_says(client):
    partner = builders.partner(slug="潮汐_co")
    builders.article(partner, slug="港-ü")
    builders.request_page(partner)
    builders.article(builders.partner(language="zh-hans"))
    expected = {page.get_full_url() for page in Page.objects.live().filter(depth__gt=1)}
    assert set(entries(client)) == expected
    for location in entries(client):
        assert client.get(location.removeprefix(settings.SITE_URL)).status_code == 200


def test_what_nobody_may_read_or_no_list_names_is_not_in_it(client, monkeypatch):
    partner = builders.partner()
    draft, live = builders.article(partner, live=False), builders.article(partner)
    closed = builders.partner()
    below = builders.article(closed)
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.PASSWORD, password="x")
    found = entries(client)
    assert live.full_url in found
    assert not {draft.full_url, closed.full_url, below.full_url} & set(found)
    kind = type(PartnerArticlePage.objects.all())
    with monkeypatch.context() as changed:
        changed.setattr(kind, "listed", lambda articles: articles.published().exclude(pk=live.pk))
        assert live.full_url not in entries(client)
    # Asked behind it: what readers' queries are composed of is not changed.
    assert client.get(live.url).status_code == 200


def test_languages_name_one_another(client):
    partner = builders.partner(slug="tide")
    chinese = builders.partner(language="zh-hant", slug="tide", translation_key=partner.translation_key)
    english = builders.article(partner)
    translated = builders.article(chinese, translation_key=english.translation_key)
    alone = builders.article(chinese)
    found = entries(client)
    expected = {"en": english.full_url, "zh-Hant": translated.full_url, "x-default": english.full_url}
    assert alternates(found[english.full_url]) == alternates(found[translated.full_url]) == expected
    assert alternates(found[alone.full_url]) == {"zh-Hant": alone.full_url, "x-default": alone.full_url}
    translated.unpublish()
    assert set(alternates(entries(client)[english.full_url])) == {"en", "x-default"}


def test_pictures_that_are_made_already(client):
    bare, picture = builders.article(), builders.image(size=(1600, 900))
    article = builders.article(hero_image=picture, hero_decorative=True)
    assert entries(client)[article.full_url].find(IMAGE) is None
    assert not picture.renditions.filter(filter_spec=HERO).exists(), "a crawler is not to wait for pictures"
    made = picture.get_rendition(HERO)
    found = entries(client)
    assert found[article.full_url].find(IMAGE)[0].text == f"{settings.SITE_URL}{made.url}"
    assert found[bare.full_url].find(IMAGE) is None


def test_a_change_of_label_is_a_change(client):
    published, relabelled = datetime(2026, 10, 2, tzinfo=UTC), datetime(2026, 10, 9, tzinfo=UTC)
    article = builders.article(last_published_at=published, label_changed_at=relabelled)
    assert datetime.fromisoformat(entries(client)[article.full_url].find(f"{MAP}lastmod").text) == relabelled


def test_split_where_it_is_large(client, monkeypatch):
    monkeypatch.setattr(sitemap, "SPAN", 4)
    monkeypatch.setattr(sitemap, "AT_ONCE", 2)
    for _ in range(3):
        for _ in range(3):
            builders.article()
    found = parts(client)
    assert len(found) > 6
    assert len(set(found)) == len(found)
    for part in found:
        assert 0 < len(read(client, part.removeprefix(settings.SITE_URL))) <= 4
    assert set(entries(client)) == {page.get_full_url() for page in Page.objects.live().filter(depth__gt=1)}


def test_cost_does_not_grow_with_the_pages(client):
    def queries():
        (path,) = (part for part in parts(client) if "articles" in part)
        counts = []
        for asked in ("/sitemap.xml", path.removeprefix(settings.SITE_URL)):
            client.get(asked).getvalue()  # where the site stands is read once
            with CaptureQueriesContext(connection) as made:
                client.get(asked).getvalue()
            counts.append(len(made))
        return counts

    partner = builders.partner()
    builders.article(partner, hero_image=builders.image(), hero_decorative=True)
    few = queries()
    for _ in range(12):
        builders.article(partner, hero_image=builders.image(), hero_decorative=True)
    assert queries() == few
    assert few[0] <= 4
    assert few[1] <= 10


def test_spans_begin_at_a_key_and_skip_nothing_before_them(client):
    """No OFFSET: what a part costs does not depend on where it begins."""
    with CaptureQueriesContext(connection) as made:
        list(sitemap.part_document(sitemap.ARTICLES, 3))
    assert not any("OFFSET" in query["sql"] for query in made)
    assert any(str(3 * sitemap.SPAN - 1) in query["sql"] for query in made)


def test_there_is_no_news_sitemap(client):
    builders.article()
    assert client.get("/news-sitemap.xml").status_code == 404
    assert client.get("/sitemap-news.xml").status_code == 404
    assert client.get("/sitemaps/news-0.xml").status_code == 404
    for path in ["/sitemap.xml", *(part.removeprefix(settings.SITE_URL) for part in parts(client))]:
        document = client.get(path).getvalue().decode()
        assert "news" not in document


@pytest.mark.parametrize(
    "name",
    [
        *("pages-99999999999999999999", "pages-99999999999999", "drafts-0", "articles-900", "pages-900"),
        # The index spells each number in one way.
        *("pages-00", "pages-+0", "pages--0", "pages-0x0", "pages-٠", "pages-０", "pages-0%0A", "Pages-0", "pages-"),
    ],
)
def test_only_what_the_index_names_is_a_part(client, name):
    builders.article()
    assert client.get("/sitemaps/pages-0.xml").status_code == 200
    assert client.get(f"/sitemaps/{name}.xml").status_code == 404
    assert client.get(f"/sitemaps/{name}.xml%0A").status_code == 404


def test_made_up_numbers_are_not_kept_beside_pages():
    builders.article()
    with before_the_real_site(keeps_pages=True) as site:
        for number in range(1, 30):
            assert site.ask(f"/sitemaps/pages-{number * 7919}.xml")[0].startswith("404")
        assert len(site.store) == 0
        assert site.ask("/sitemaps/pages-0.xml")[0].startswith("200")
        assert len(site.store) == 1


def test_a_part_that_has_lost_its_last_page_is_gone(client, monkeypatch):
    monkeypatch.setattr(sitemap, "SPAN", 1)
    page = builders.article()
    [path] = [part.removeprefix(settings.SITE_URL) for part in parts(client) if f"articles-{page.pk}." in part]
    assert len(read(client, path)) == 1
    page.unpublish()
    assert client.get(path).status_code == 404
