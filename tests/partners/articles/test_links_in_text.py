"""partners/articles/links_in_text.py: wherever a text links to an article, the link begins with its label."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import RequestFactory
from django.utils import translation
from wagtail.models import Locale, PageViewRestriction
from wagtail.rich_text import expand_db_html

from home.models import PartnerContentPage, StandardPage
from partners.articles.links_in_text import texts_of
from partners.keeping import KeepingMiddleware
from tests import builders

pytestmark = pytest.mark.django_db

TITLE = "A port that drives itself"
LABELLED = f"Paid content · Tidewater Robotics: {TITLE}"


def link(page: Any, words: str = TITLE) -> str:
    return f'<a id="{page.pk}" linktype="page">{words}</a>'


def shown(html: str) -> str:
    """Return the words that stand for `html`, which is stored."""
    return BeautifulSoup(expand_db_html(html), "html.parser").get_text()


def standing(*body: Any, **fields: Any) -> StandardPage:
    page = StandardPage(title="What we read", slug="reading", locale=builders.home().locale, body=list(body), **fields)
    builders.home().add_child(instance=page)
    return page


def table_with(html: str) -> Any:
    """Return a table of one row, whose second cell is rich text."""
    block = StandardPage.body.field.stream_block.child_blocks["table"]
    columns = [{"type": "text", "heading": "A"}, {"type": "rich_text", "heading": "B"}]
    table = {"columns": columns, "rows": [{"values": ["x", html]}]}
    return block.to_python({"caption": "The table", "table": table})


def names(client: Any, path: str) -> list[str]:
    """Return the words of the links to articles in the texts of the page at `path`."""
    soup = BeautifulSoup(client.get(path).content, "html.parser")
    return [" ".join(found.parent.get_text().split()) for found in soup.select("a > .link-label")]


def test_every_text_of_a_page_names_an_article_with_label_and_sponsor(client):
    html = f"<p>See {link(builders.article())}.</p>"
    page = standing(
        ("paragraph", html),
        ("fact_box", {"title": "Facts", "text": html}),
        ("table", table_with(html)),
    )
    assert names(client, page.url) == [LABELLED] * 3
    assert client.get(page.url).content.decode().count(TITLE) == 3


def test_the_home_page_names_it_so_in_what_it_says_of_itself(client):
    home = builders.home()
    home.introduction = f"<p>Begin with {link(builders.article())}.</p>"
    home.save_revision().publish()
    assert names(client, "/") == [LABELLED]
    head = BeautifulSoup(client.get("/").content, "html.parser").head
    told = head.select("meta[name$=description], meta[property$=description]")
    assert len(told) == 3
    assert {tag["content"] for tag in told} == {f"Begin with {LABELLED}."}


def test_a_partner_an_explanation_and_another_article_name_it_so(client):
    article = builders.article()
    html = f"<p>See {link(article)}.</p>"
    partner = builders.partner("Harbour Hoists", about=html)
    other = builders.article(partner, body=[("paragraph", html), ("notes", [html])], disclosure="unpaid_contribution")
    explaining = PartnerContentPage.objects.get(locale=article.locale)
    explaining.closing = html
    explaining.save_revision().publish()
    assert names(client, partner.url) == [LABELLED]
    assert names(client, other.url) == [LABELLED] * 2
    assert names(client, explaining.url) == [LABELLED]


def test_nothing_but_articles_is_labelled():
    partner = builders.partner()
    html = expand_db_html(f"<p>{link(partner, 'them')} and {link(builders.home(), 'home')}</p>")
    assert html == f'<p><a href="{partner.url}">them</a> and <a href="/">home</a></p>'


def test_a_contribution_has_its_own_label():
    article = builders.article(disclosure="unpaid_contribution")
    html = expand_db_html(link(article))
    assert '<strong class="label label--unpaid">Contributed content</strong> · Tidewater Robotics: </span>A' in html


def test_the_label_stands_inside_of_the_one_link():
    article = builders.article()
    html = BeautifulSoup(expand_db_html(f"<p>{link(article)}</p>"), "html.parser")
    (only,) = html.find_all("a")
    assert (only["href"], only.get_text()) == (article.url, LABELLED)


def test_what_an_editor_wrote_as_a_name_is_text():
    article = builders.article(builders.partner("<i>A & B</i>"))
    assert "· &lt;i&gt;A &amp; B&lt;/i&gt;: </span>" in expand_db_html(link(article))


def test_the_label_is_in_the_language_of_the_page_around_it():
    article = builders.article()
    with translation.override("zh-hant"):
        html = expand_db_html(link(article, "港口"))
    assert BeautifulSoup(html, "html.parser").get_text() == "付費內容 · Tidewater Robotics：港口"
    assert '<span lang="en">Tidewater Robotics</span>' in html


def test_a_link_leads_to_the_translation_that_is_published_and_is_named_by_it():
    article = builders.article()
    locale = Locale.objects.get(language_code="zh-hant")
    partner = builders.partner("潮汐", "zh-hant", translation_key=article.sponsor.translation_key)
    chinese = builders.article(
        partner,
        "會行的港",
        translation_key=article.translation_key,
        locale=locale,
        live=False,
    )
    with translation.override("zh-hant"):
        assert shown(link(article, "港口")) == "付費內容 · Tidewater Robotics：港口"
        chinese.live, chinese.disclosure = True, "unpaid_contribution"
        chinese.save()
        html = expand_db_html(link(article, "港口"))
    assert BeautifulSoup(html, "html.parser").get_text() == "供稿內容 · 潮汐：港口"
    assert f'href="{chinese.url}"' in html
    assert 'lang="' not in html


@pytest.mark.parametrize("why", ["draft", "private"])
def test_what_nobody_may_see_is_not_named_by_more_than_what_the_editor_wrote(why):
    article = builders.article(live=why != "draft")
    if why == "private":
        parent = article.get_parent()
        PageViewRestriction.objects.create(page=parent, restriction_type=PageViewRestriction.LOGIN)
    assert expand_db_html(link(article, "that one")) == f'<a href="{article.url}">that one</a>'


@pytest.mark.parametrize("key", ["999999", "", "x", "-1", "²", "9" * 10, "9" * 5000])
def test_a_page_that_is_not_there_leaves_its_words(key):
    assert expand_db_html(f'<a id="{key}" linktype="page">gone</a>') == "<a>gone</a>"


def test_a_link_without_a_page_leaves_its_words():
    assert expand_db_html('<a linktype="page">gone</a>') == "<a>gone</a>"


def test_a_link_of_an_article_to_itself_needs_no_label(client):
    article = builders.article()
    other = builders.article(article.sponsor, "Another")
    article.body = [("paragraph", f"<p>{link(article, 'this article')} and {link(other, 'Another')}</p>")]
    article.save_revision().publish()
    assert names(client, article.url) == ["Paid content · Tidewater Robotics: Another"]


def texts_as_a_reader_sees(page: Any) -> list[str]:
    """Return the texts of a page's body as they are rendered within one request of a reader."""
    texts: list[str] = []

    def show(request: Any) -> Any:
        with texts_of(page):
            texts.extend(str(block.value) for block in page.body)

    KeepingMiddleware(show)(RequestFactory().get("/"))
    return texts


def test_links_of_all_texts_of_a_page_are_looked_up_by_one_query(django_assert_num_queries):
    articles = [builders.article(builders.partner(f"Partner {number}")) for number in range(6)]
    page = standing(*[("paragraph", f"<p>{link(article)}{link(articles[0])}</p>") for article in articles])
    page = StandardPage.objects.get(pk=page.pk)
    # One, however many.
    with django_assert_num_queries(1):
        texts = texts_as_a_reader_sees(page)
    assert sum(text.count("Paid content") for text in texts) == 12
