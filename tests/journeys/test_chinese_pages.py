"""Are Chinese pages set by Chinese rules, in faces of their own place, whatever stands on them?"""

import re

import pytest
from playwright.sync_api import Page

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
