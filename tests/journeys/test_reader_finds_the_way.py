"""A reader of a long article goes to a part of it, and hands the link to that part on."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.stack import Stack
from tests.journeys.test_visitor_gets_brochure import open_article


def test_the_link_to_a_part_is_copied_and_leads_there(page: Page, site: Stack, context: BrowserContext):
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    open_article(page, site, "zh-hant")
    article = page.url
    page.goto(f"{article}?utm_source=letter")
    link = page.locator(".heading__link").last
    link.focus()
    before = page.evaluate("scrollY")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="已複製連結")).to_be_visible()
    # Where the reader came from is not handed on; nobody is moved.
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{article}{link.get_attribute('href')}"
    expect(link).to_be_focused()
    assert page.evaluate("scrollY") == before
    box = link.bounding_box()
    assert box["width"] >= 24
    assert box["height"] >= 24
    page.goto(copied)
    expect(page.locator(":target")).to_be_in_viewport()


@pytest.mark.parametrize("width", [390, 1280])
def test_contents_are_reached_by_keyboard_with_scripts_or_without(browser, site: Stack, page: Page, width: int):
    open_article(page, site)
    context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 800})
    plain = context.new_page()
    plain.goto(page.url)
    contents = plain.get_by_role("navigation", name="Contents")
    last = contents.get_by_role("link").last
    if width < 1088:
        expect(last).to_be_hidden()
        contents.locator("summary").focus()
        plain.keyboard.press("Enter")
    expect(contents.locator("summary")).to_be_visible(visible=width < 1088)
    expect(last).to_be_visible()
    last.focus()
    plain.keyboard.press("Enter")
    expect(plain.locator(":target")).to_be_in_viewport()
    assert plain.locator(":target").text_content() == last.text_content()
    # The next that Tab reaches is the link beside the heading: the keyboard has come along.
    plain.keyboard.press("Tab")
    expect(plain.locator(":target + a")).to_be_focused()
    context.close()


def test_a_note_is_reached_and_left_by_keyboard(page: Page, site: Stack):
    page.goto("/zh-hant/partners/lanternbridge/two-legal-systems-one-table/")
    reference = page.locator("a[role=doc-noteref]").last
    reference.focus()
    page.keyboard.press("Enter")
    note = page.locator(".notes li").last
    expect(note).to_be_in_viewport()
    page.keyboard.press("Tab")
    back = note.locator("a[role=doc-backlink]")
    expect(back).to_be_focused()
    page.keyboard.press("Enter")
    expect(reference).to_be_focused()
    expect(reference).to_be_in_viewport()
    # A finger's width, and a mark that is not parted from the comma behind it.
    area = reference.evaluate("link => parseFloat(getComputedStyle(link, '::after').inlineSize)")
    assert area >= 24


TITLES = (
    "前海跨境理財通的三項新安排",
    "會自己行車的碼頭，仍然需要懂碼頭的人",
    "七類新型基建，匯於一個小小的前海",
    "前海深港現代服務業合作區首批跨境數據流通試點名單公布",
    "河套與前海：兩個合作區的分工與合作",
)
# The lines in which a browser has set a text, by where each character stands.
LINES = """(element, text) => {
  element.textContent = text;
  const range = document.createRange(), lines = [];
  let top;
  for (let at = 0; at < text.length; at += 1) {
    range.setStart(element.firstChild, at);
    range.setEnd(element.firstChild, at + 1);
    const box = range.getBoundingClientRect();
    if (top === undefined || Math.abs(box.top - top) > 6) lines.push("");
    top = box.top;
    lines[lines.length - 1] += text[at];
  }
  return lines;
}"""


def test_no_character_of_a_chinese_title_stands_alone_on_a_phone(page: Page, site: Stack):
    for place, title in (("/zh-hant/", ".latest .card__title a"), ("/zh-hant/latest/", ".rows .card__title a")):
        page.goto(place)
        wrapped = broken_titles(page, title)
        assert not wrapped, wrapped
    open_article(page, site, "zh-hant")
    assert not broken_titles(page, "h1")


def broken_titles(page: Page, selector: str) -> list[list[str]]:
    """Return the titles, as lines, of which a line is a lone character or begins with a mark that ends a phrase."""
    broken = []
    for width in (320, 360, 390):
        page.set_viewport_size({"width": width, "height": 800})
        for text in TITLES:
            lines = page.locator(selector).first.evaluate(LINES, text)
            assert "".join(lines) == text
            if len(lines) > 1 and any(len(line) < 2 or line[0] in "，：。" for line in lines):
                broken.append([str(width), *lines])
    return broken
