"""partners/articles/phrases.py: Chinese titles may be broken between phrases, and everything else is as it was."""

from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.utils.html import escape
from hypothesis import example, given
from hypothesis import strategies as st

from partners.articles.phrases import LINE_MAY_END, in_phrases, phrase_ends
from partners.search.hits import marked
from partners.search.query import SearchQuery
from tests import builders

HANT = "七類新型基建，匯於前海一灣"
TAG = Template("{% load phrase_tags %}{{ title|phrases:language }}")


def pieces(text, language="zh-hant"):
    ends = [0, *phrase_ends(text, language), len(text)]
    return [text[a:b] for a, b in pairwise(ends)]


def test_phrases_stay_whole():
    assert pieces(HANT) == ["七類", "新型", "基建，", "匯於", "前海", "一灣"]
    assert "数据" in "".join(pieces("数据中心的十年", "zh-hans"))
    assert "的十年" not in pieces("数据中心的十年", "zh-hans"), "a particle belongs to the word before it"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A port that drives itself", "zh-hant"),
        (HANT, "en"),
        ("", "zh-hans"),
        ("AI & <b>", "zh-hans"),
        ("前", "zh-hant"),
    ],
)
def test_english_and_short_texts_are_left_alone(text, language):
    assert phrase_ends(text, language) == ()
    assert "<span" not in in_phrases(text, language)


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
@given(text=st.text(alphabet="前海的新型基建港口與与為为，。「」“”（）—…：AI 15%-<>&\"'", max_size=40))
@example(text="  ")
def test_no_line_begins_or_ends_with_a_wrong_mark_and_nothing_is_lost(language, text):
    for piece in pieces(text, language)[1:]:
        assert piece[0] not in "，。」”）…：%—<>&"
        assert piece != "的"
    for piece in pieces(text, language)[:-1]:
        assert piece[-1] not in "「“（<&"
        assert not piece[-1].isdigit()
    html = in_phrases(text, language)
    # Elsewhere than in <pre>, Beautiful Soup makes one of several spaces that nothing else stands beside.
    assert BeautifulSoup(f"<pre>{html}</pre>", "html.parser").text == text
    assert html.count("<") == html.count(LINE_MAY_END) + 2 * html.count('<span class="phrases">')


def test_a_template_escapes_it():
    title = '前海<b>與 & "港口"的十年'
    html = TAG.render(Context({"title": title, "language": "zh-hant"}))
    assert html.replace(LINE_MAY_END, "") == f'<span class="phrases">{escape(title)}</span>'
    assert "&lt;b&gt;" in html


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "title"), [("zh-hant", HANT), ("zh-hans", "七类新型基建汇于前海一湾")])
def test_readers_see_phrases_and_machines_the_title(client, language, title):
    article = builders.article(builders.partner("前海潮汐機械工程", language), title=title)
    html = BeautifulSoup(client.get(article.url).content, "html.parser")
    assert len(html.h1.find_all("wbr")) > 3
    assert html.h1.text == title
    assert title in html.title.text
    assert title in html.find("meta", property="og:title")["content"]
    assert title in html.find("script", type="application/ld+json").string
    for path in (f"/{language}/", f"/{language}/latest/", article.sponsor.url):
        card = BeautifulSoup(client.get(path).content, "html.parser").select_one(".card__title .phrases")
        assert (card.text, bool(card.find("wbr"))) == (title, True)
    partners = BeautifulSoup(client.get(f"/{language}/partners/").content, "html.parser")
    assert partners.select_one(".partner__name wbr")
    feed = client.get(f"/{language}/feeds/all.atom").content.decode()
    assert title in feed
    assert "wbr" not in feed


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["香港與深圳 & <共築> 一灣", "Tom & Jerry"])
def test_the_head_of_the_home_page_is_escaped_once(client, said):
    home = builders.home("zh-hant")
    home.tagline = said
    home.save()
    heading = BeautifulSoup(client.get("/zh-hant/").content, "html.parser").h1
    assert heading.text == said
    assert bool(heading.find("wbr")) == said.startswith("香")


@pytest.mark.django_db
def test_a_title_is_broken_as_its_own_language_wherever_it_stands(client):
    builders.article(builders.partner("潮汐機械", "zh-hant"), title=HANT)
    builders.article(title="A port that drives itself")
    for path in ("/latest/?language=all", "/zh-hant/latest/?language=all"):
        titles = BeautifulSoup(client.get(path).content, "html.parser").select(".card__title")
        assert sorted(bool(title.find("wbr")) for title in titles) == [False, True]


@pytest.mark.django_db
def test_a_hit_is_marked_across_its_phrases(client):
    from partners.search.indexing import index_missing

    builders.article(builders.partner("潮汐機械", "zh-hant"), title="前海港口 <試> 與智慧港口")
    index_missing()
    html = BeautifulSoup(client.get("/zh-hant/search/?q=港口").content, "html.parser")
    title = html.select_one(".hit__title .phrases")
    assert title.text == "前海港口 <試> 與智慧港口"
    assert [mark.text for mark in title.find_all("mark")] == ["港口", "港口"]
    assert title.find("wbr")


def test_an_extract_has_no_phrases():
    assert "<wbr>" not in marked(HANT, SearchQuery.of("前海"))
