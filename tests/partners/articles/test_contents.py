"""partners/articles/contents.py: parts of a text are reached by names that last, in any language."""

import re

import pytest
from bs4 import BeautifulSoup
from wagtail.models import Locale

from partners.articles.contents import anchor_of, contents_of
from tests import builders

pytestmark = pytest.mark.django_db


def heading(text, level="2"):
    return ("heading", {"text": text, "level": level})


def soup(client, page):
    return BeautifulSoup(client.get(page.url).content, "html.parser")


def test_contents_name_every_heading_in_its_place_and_lead_to_it(client):
    article = builders.article(
        body=[
            heading("Early", "3"),
            heading("The port & its <cranes>"),
            ("paragraph", "<p>Words.</p>"),
            heading("Cranes", "3"),
            heading("Ships", "3"),
            heading("The rail"),
        ]
    )
    parts = contents_of(article.body)
    assert [(part.text, [below.text for below in part.parts]) for part in parts] == [
        ("Early", []),
        ("The port & its <cranes>", ["Cranes", "Ships"]),
        ("The rail", []),
    ]
    html = soup(client, article)
    links = html.select("nav.contents li a")
    assert [link.text for link in links] == ["Early", "The port & its <cranes>", "Cranes", "Ships", "The rail"]
    for link in links:
        [target] = html.select(f"[id='{link['href'][1:]}']")
        assert target.name in {"h2", "h3"}
        assert target.text == link.text
    nav = html.select_one("nav.contents")
    assert html.find(id=nav["aria-labelledby"]).text == "Contents"
    assert "5 parts" in nav.summary.text


def test_a_text_of_two_parts_has_no_contents_but_each_part_has_its_link(client):
    article = builders.article(body=[heading("One"), heading("Two")])
    assert contents_of(article.body) == []
    html = soup(client, article)
    assert not html.select(".contents")
    assert [link["aria-label"] for link in html.select(".heading__link")] == ["Link to “One”", "Link to “Two”"]


def test_anchors_are_short_and_differ_where_the_words_do_not(client):
    article = builders.article(body=[heading("前海跨境理財通的三項新安排")] * 4)
    found = [part.anchor for part in contents_of(article.body)]
    assert len(set(found)) == 4
    assert all(re.fullmatch(r"s-[0-9a-f]{8}", anchor) for anchor in found)


def test_an_anchor_stays_when_the_words_change_and_is_the_same_in_a_translation():
    article = builders.article(body=[heading("One"), heading("Two"), heading("Three")])
    before = [part.anchor for part in contents_of(article.body)]
    article.body[1].value["text"] = "Second"
    article.save_revision().publish()
    again = type(article).objects.get(pk=article.pk)
    assert [part.text for part in contents_of(again.body)] == ["One", "Second", "Three"]
    assert [part.anchor for part in contents_of(again.body)] == before
    chinese = Locale.objects.get(language_code="zh-hant")
    again.get_parent().copy_for_translation(chinese)
    assert [part.anchor for part in contents_of(again.copy_for_translation(chinese).body)] == before


def test_a_link_is_no_part_of_its_headings_name(client):
    html = soup(client, builders.article(body=[heading("One")]))
    [link] = html.select(".heading__link")
    assert link.find_parent(["h1", "h2", "h3"]) is None
    assert link.text == ""
    assert link["href"] == f"#{html.find('h2', string='One')['id']}"


def test_what_was_never_stored_has_no_anchor(client):
    article = builders.article()
    body = article.body.stream_block.to_python([{"type": "heading", "value": {"text": "One", "level": "2"}}] * 3)
    assert anchor_of(body[0]) == ""
    assert contents_of(body) == []


def test_standing_pages_have_anchors_and_contents_too(client):
    from home.models import StandardPage

    page = StandardPage(title="About", slug="about", body=[heading("Who we are"), heading("Where"), heading("Why")])
    builders.home().add_child(instance=page)
    html = soup(client, page)
    assert [target.text for target in html.select("h2[id^=s-]")] == ["Who we are", "Where", "Why"]
    assert [link.text for link in html.select("nav.contents a")] == ["Who we are", "Where", "Why"]
