"""Are Chinese pages set by Chinese rules, in faces of their own place, whatever stands on them?"""

import re

import pytest
from playwright.sync_api import Page

from partners.articles.phrases import phrase_ends
from tests.journeys.test_accessibility import PLACES

# Of every element that is Chinese and holds words: what of its setting is not as it should be.
ODD = """() => [...document.querySelectorAll('body :not(option)')].filter(it =>
  it.closest('[lang]').lang.startsWith('zh')
  && [...it.childNodes].some(node => node.nodeType === 3 && /[\\u4e00-\\u9fff]/.test(node.data))).flatMap(it => {
  const set = getComputedStyle(it);
  const wrong = {
    slanted: set.fontStyle !== 'normal', 'made up': set.fontSynthesisStyle !== 'none',
    loose: set.lineBreak !== 'strict', untrimmed: set.textSpacingTrim !== 'trim-start',
    unspaced: set.textAutospace !== 'normal', split: set.hyphens !== 'none',
  };
  return Object.keys(wrong).filter(name => wrong[name]).map(name => `${name}: ${it.localName}.${it.className}`);
})"""
FACES = {"zh-hant": ("PingFang HK", "Songti TC"), "zh-hans": ("PingFang SC", "Songti SC")}
WRONG_FACES = """faces => [...document.querySelectorAll('body *')].filter(it => !it.closest('svg, select')
  && it.closest('[lang]').lang === document.documentElement.lang
  && !faces.some(face => getComputedStyle(it).fontFamily.includes(face))).map(it => it.localName + it.className)"""


@pytest.mark.parametrize("language", FACES)
def test_every_run_of_chinese_follows_its_rules(page: Page, language: str):
    for place in PLACES:
        if place == "nowhere/":
            continue  # the browser's console calls it an error
        page.goto(f"/{language}/{place}")
        assert page.evaluate(ODD) == [], place
        assert page.evaluate(WRONG_FACES, list(FACES[language])) == [], place
        for day in page.locator("main time").all():
            year, month, day_of_month = day.get_attribute("datetime").split("-")
            assert day.inner_text() == f"{year}年{int(month)}月{int(day_of_month)}日", place


def test_the_language_switch_stays_on_the_page_and_on_the_search(page: Page):
    for place in ("latest/", "partners/lanternbridge/two-legal-systems-one-table/", "search/?q=port"):
        page.goto(f"/{place}")
        for name, path in (("繁體中文", "zh-hant/"), ("简体中文", "zh-hans/"), ("EN, English", "")):
            page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
            page.wait_for_url(re.compile(rf"^https?://[^/]+/{re.escape(path + place)}$"))


# In which lines the words of an element stand, without what is for the ear alone.
LINES = """it => {
  const lines = [];
  const walk = document.createTreeWalker(it, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    if (node.parentElement.closest('.visually-hidden')) continue;
    [...node.data].forEach((character, at) => {
      if (!character.trim()) return;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const top = Math.round(range.getBoundingClientRect().top / 4);
      if (!lines.length || lines.at(-1).top !== top) lines.push({top, text: ''});
      lines.at(-1).text += character;
    });
  }
  return lines.map(line => line.text);
}"""


def places_to_break(said: str, language: str) -> set[int]:
    """Return after how many characters, spaces aside, a line of `said` may end: a phrase, or a mark as everywhere."""
    ends = set(phrase_ends(said, language))
    found = {at for at in range(1, len(said)) if at in ends or not (said[at - 1].isalnum() and said[at].isalnum())}
    return {len("".join(said[:at].split())) for at in found}


TITLES = "h1, .card__title, .hit__title, .partner__name"


@pytest.mark.parametrize("language", FACES)
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_titles_break_between_their_phrases(page: Page, language: str, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    broken = 0
    for place in ("", "latest/", "partners/", "search/?q=前海", "partners/lanternbridge/two-legal-systems-one-table/"):
        page.goto(f"/{language}/{place}")
        for title in page.locator(f":is({TITLES}):has(.phrases wbr)").all():
            words = title.locator(".phrases")
            said = words.evaluate("it => it.textContent")
            lines = words.evaluate(LINES)
            assert "".join(lines) == "".join(said.split())
            at = 0
            for line in lines[:-1]:
                at += len(line)
                assert at in places_to_break(said, language), (place, lines)
            broken += len(lines) > 1
    assert broken


@pytest.mark.parametrize(("language", "title"), [("zh-hant", "兩套法律"), ("zh-hans", "两套法律")])
def test_a_title_is_one_text_to_who_hears_copies_or_searches_for_it(page: Page, language: str, title: str):
    page.goto(f"/{language}/partners/lanternbridge/two-legal-systems-one-table/")
    heading = page.locator("main h1")
    assert heading.locator("wbr").count()
    said = heading.evaluate("it => it.textContent")
    assert said.startswith(title)
    assert page.get_by_role("heading", name=said, exact=True).count() == 1
    copied = heading.evaluate("it => { const all = getSelection(); all.selectAllChildren(it); return all.toString(); }")
    assert copied == said
    page.evaluate("getSelection().removeAllRanges()")
    assert page.evaluate("said => find(said)", said), "the browser finds it"
    page.goto("/partners/lanternbridge/two-legal-systems-one-table/")
    assert not page.locator("main h1 :is(.phrases, wbr)").count()
