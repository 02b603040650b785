"""Every page type: where it may stand, that it routes, renders, previews and can be edited."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page
from wagtail.test.utils import WagtailPageTestCase
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from home.models import HomePage, PartnerContentPage, StandardPage
from partners.articles.article_page import PartnerArticlePage
from partners.articles.latest_page import LatestPostsPage
from partners.articles.partner_page import PartnerIndexPage, PartnerPage
from partners.brochures.request_page import BrochureRequestPage
from partners.renditions.allowing import renditions_are_made
from tests import builders

CHILDREN = {
    HomePage: {LatestPostsPage, PartnerIndexPage, StandardPage, PartnerContentPage},
    LatestPostsPage: set(),
    PartnerIndexPage: {PartnerPage},
    PartnerPage: {PartnerArticlePage, BrochureRequestPage},
    PartnerArticlePage: set(),
    BrochureRequestPage: set(),
    StandardPage: {StandardPage},
    PartnerContentPage: set(),
}


class PageTypesTest(WagtailPageTestCase):
    """Wagtail's own assertions, over every type."""

    @classmethod
    def setUpTestData(cls):
        cls.partner = builders.partner()
        cls.form = builders.request_page(cls.partner)
        body = [
            ("paragraph", "<p>Words.</p>"),
            ("heading", {"text": "A heading", "level": "2"}),
            ("quote", {"text": "Words", "attribution": "A master", "role": "Of the harbour"}),
            ("call_to_action", {"heading": "Read on", "text": "", "offer": cls.form}),
        ]
        cls.article = builders.article(
            cls.partner, body=body, hero_image=builders.image(), hero_alt="A crane at a quay"
        )
        cls.standard = StandardPage(title="Privacy", slug="privacy", body=[("paragraph", "<p>Words.</p>")])
        builders.home().add_child(instance=cls.standard)
        cls.pages = [
            builders.home(),
            builders.latest_page(),
            builders.partner_index(),
            cls.partner,
            cls.article,
            cls.form,
            cls.standard,
            PartnerContentPage.objects.get(locale__language_code="en"),
        ]

    def setUp(self):
        self.login()

    def test_whole_table_of_parents_and_children(self):
        for parent, children in CHILDREN.items():
            assert set(parent.creatable_subpage_models()) == children, parent
        assert {type(page) for page in self.pages} == set(CHILDREN)
        assert Page.get_first_root_node().specific.creatable_subpage_models() == [HomePage]
        for kind in CHILDREN:
            parents = {parent for parent, children in CHILDREN.items() if kind in children}
            assert set(kind.allowed_parent_page_models()) == (parents or {Page}), kind

    def test_page_of_another_language_is_no_parent(self):
        for page, parent in [
            (self.article, builders.partner(language="zh-hant")),
            (self.form, builders.partner(language="zh-hant")),
            (self.partner, builders.partner_index("zh-hant")),
            (self.standard, builders.home("zh-hant")),
        ]:
            with self.subTest(page):
                assert not page.can_move_to(parent)

    def test_a_second_listing_cannot_be_made(self):
        for listing in (LatestPostsPage, PartnerIndexPage, PartnerContentPage):
            assert not listing.can_create_at(builders.home())

    def test_routable_and_renderable(self):
        for page in self.pages:
            with self.subTest(page):
                self.assertPageIsRoutable(page)
                self.assertPageIsRenderable(page)

    def test_previewable_in_every_mode(self):
        for page in self.pages:
            for mode, _ in page.preview_modes:
                with self.subTest(page, mode=mode):
                    response = page.make_preview_request(preview_mode=mode)
                    assert response.status_code == 200

    def test_editable(self):
        article = nested_form_data(
            {
                "title": self.article.title,
                "slug": self.article.slug,
                "standfirst": self.article.standfirst,
                "hero_image": str(self.article.hero_image_id),
                "hero_alt": "A crane",
                "disclosure": "paid_by_partner",
                "publication_date": "2026-10-01",
                "body": streamfield([("paragraph", rich_text("<p>Words.</p>"))]),
                "comments": inline_formset([]),
            }
        )
        standard = nested_form_data(
            {
                "title": "Privacy",
                "slug": "privacy",
                "introduction": "",
                "body": streamfield([("paragraph", rich_text("<p>Words.</p>"))]),
                "comments": inline_formset([]),
            }
        )
        self.assertPageIsEditable(self.article, post_data=article)
        self.assertPageIsEditable(self.standard, post_data=standard)
        for page in self.pages:
            if page not in {self.article, self.standard}:
                with self.subTest(page):
                    self.assertPageIsEditable(page)


pytestmark = pytest.mark.django_db


def test_article_is_the_same_for_everybody_and_leaves_no_cookie(client, admin_client):
    article = builders.article()
    first, second = client.get(article.url), client.get(article.url)
    editor = admin_client.get(article.url)
    assert first.content == second.content == editor.content
    assert first.cookies == {}
    html = first.content.decode()
    assert "csrf" not in html.lower()
    assert "Cookie" not in first.headers.get("Vary", "")
    stranger = Client(headers={"accept-language": "zh-hant", "user-agent": "another"})
    stranger.cookies.load({"csrftoken": "x" * 32, "django_language": "zh-hans"})
    answer = stranger.get(article.url)
    assert answer.content == first.content
    assert answer.cookies == {}


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_label_and_sponsor_stand_before_the_title_everywhere(client, language):
    article = builders.article(builders.partner("Tide Works", language=language), title="Of quays and tides")
    other = builders.article(article.get_parent().specific, title="Another")
    label = {"en": "Paid content", "zh-hant": "付費內容", "zh-hans": "付费内容"}[language]
    prefix = "" if language == "en" else f"/{language}"
    for path in (f"{prefix}/", f"{prefix}/latest/", article.get_parent().url, article.url, other.url):
        main = client.get(path).content.decode().split("<main", 1)[1]
        title = main.index("Of quays and tides")
        before = main[:title]
        assert label in before
        assert "Tide Works" in before


def test_every_card_bears_its_own_label_and_sponsor_before_its_title(client):
    paid, unpaid = builders.partner("Tide Works"), builders.partner("Quay Union")
    expected = {}
    for number in range(4):
        for partner, kind, label in [
            (paid, "paid_by_partner", "Paid content"),
            (unpaid, "unpaid_contribution", "Contributed content"),
        ]:
            article = builders.article(partner, title=f"Card {number} of {partner.title}", disclosure=kind)
            expected[article.title] = (label, partner.title)
    for path, cards in [("/", 7), ("/latest/", 8), (paid.url, 4), (unpaid.url, 4), (article.url, 4 + 1)]:
        main = BeautifulSoup(client.get(path).content, "html.parser").main
        named = {
            heading: name
            for heading in main.select("h1, h2, h3")
            for name in expected
            if heading.text.strip().endswith(name)
        }
        assert len(named) == cards + (path == article.url), path
        for title, name in named.items():
            label, sponsor = expected[name]
            # A card's heading says the label by itself; an article's own stands below it.
            assert title.text.split() == ([] if title.name == "h1" else f"{label}:".split()) + name.split(), path
            item = title.find_parent("article")
            assert [found.text for found in item.select("strong.label")] == [label], (path, title)
            assert item.select_one("strong.label").sourceline < title.sourceline, (path, title)
            before = item.get_text(" ").split(name)[0]
            assert label in before, (path, title)
            assert sponsor in before, (path, title)


@pytest.mark.usefixtures("pictures_at_once")
def test_label_and_sponsor_with_its_logo_stand_before_the_headline(client):
    article = builders.article(builders.partner("Tide Works"))
    headline = BeautifulSoup(client.get(article.url).content, "html.parser").main.h1
    before = headline.find_all_previous()
    full = next(element for element in before if "disclosure" in element.get("class", []))
    for words in ("Paid content", "Tide Works", "Content from partner"):
        assert words in full.text
    assert full.img in before


def queries(client, path):
    client.get(path)  # renditions are made, and the site's own address is found, once
    with CaptureQueriesContext(connection) as made:
        assert client.get(path).status_code == 200
    return len(made)


@pytest.fixture(scope="module")
def kept_few(rows_kept):
    """The path of each kind of page, and how many queries it took on a small site; which is now a large one."""
    partner = builders.partner()
    form = builders.request_page(partner)
    picture = builders.image()
    article = builders.article(
        partner,
        hero_image=picture,
        hero_decorative=True,
        body=[("call_to_action", {"heading": "Read on", "text": "", "offer": form})],
    )
    for _ in range(7):
        builders.article(partner, hero_image=picture, hero_decorative=True)
    standard = StandardPage(title="Privacy", slug="privacy", body=[("paragraph", "<p>Words.</p>")])
    builders.home().add_child(instance=standard)
    paths = {
        "standard": standard.url,
        "home": "/",
        "latest": "/latest/",
        "partners": "/partners/",
        "partner": partner.url,
        "article": article.url,
        "form": form.url,
    }
    client = Client()
    with renditions_are_made():
        few = {page: (path, queries(client, path)) for page, path in paths.items()}
        for _ in range(12):
            builders.article(partner, hero_image=builders.image(), hero_decorative=True)
        for _ in range(3):
            builders.article(builders.partner(), hero_image=builders.image(), hero_decorative=True)
            builders.request_page(partner)
        for path in paths.values():
            client.get(path)
    return few


@pytest.mark.parametrize(
    ("page", "most"),
    [
        ("home", 15),
        ("latest", 22),
        ("partners", 13),
        ("partner", 18),
        ("article", 20),
        ("form", 15),
        ("standard", 10),
    ],
)
@pytest.mark.usefixtures("pictures_at_once")
def test_queries_do_not_grow_with_the_number_of_articles_partners_and_forms(client, kept_few, page, most):
    path, few = kept_few[page]
    assert queries(client, path) <= few
    assert few <= most, f"{page}: {few}"


def test_a_page_is_found_at_once_and_only_at_its_own_address(client):
    article = builders.article(builders.partner(slug="tidewater"), slug="a-port")
    assert client.get(article.url).status_code == 200
    assert client.get(article.url.replace("tidewater", "elsewhere")).status_code == 404
    assert client.get(f"{article.url}more/").status_code == 404
    assert client.get("/tidewater/a-port/").status_code == 404
    article.unpublish()
    assert client.get(article.url).status_code == 404


def test_a_chinese_address_is_found(client):
    article = builders.article(builders.partner(slug="潮水"), slug="港口")
    assert client.get(article.url).status_code == 200
