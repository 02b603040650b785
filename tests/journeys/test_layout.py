"""Does every page hold on every window, with text twice as large, in the reader's own colours, and without motion?"""

import io
from itertools import pairwise

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.journeys.stack import Stack
from tests.journeys.test_accessibility import PLACES, TWO_FRAMES
from tests.journeys.test_visitor_gets_brochure import open_article
from tests.journeys.waiting import when

# 320 is a window of 1,280 pixels at 400 % (WCAG 2.2, 1.4.10).
WIDTHS = (320, 390, 768, 1024, 1280, 2560)
ARTICLE = "partners/lanternbridge/two-legal-systems-one-table/"
FORM = "partners/lanternbridge/drafting-guide/"
# What reaches beyond the window without a frame of its own to scroll in, which a table has.
TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter(it => {
  const box = it.getBoundingClientRect();
  if (!box.width || (box.right <= innerWidth + 1 && box.left >= -1)) return false;
  if (it.closest('.visually-hidden, .chart, .island, .masthead > svg')) return false;
  for (let frame = it.parentElement; frame; frame = frame.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(frame).overflowX)) return false;
  }
  return true;
}).map(it => `${it.localName}.${it.className}`).slice(0, 3)"""
# Words that do not fit into what holds them, and are cut off or run over.
CUT = """() => [...document.querySelectorAll('h1, h2, h3, p, a, button, label, td, th, li, summary')].filter(it => {
  const style = getComputedStyle(it);
  return it.scrollWidth > it.clientWidth + 2 && style.display !== 'inline' && style.overflowX !== 'visible'
    && !it.closest('.visually-hidden');
}).map(it => `${it.localName}.${it.className}`).slice(0, 3)"""

# Puts such a word into whatever an editor may have written, and says into how much.
LONG_WORDS = """() => {
  const told = 'h1, h2, h3, p, li, label, legend, dt, dd, figcaption, blockquote, main a, main button, main span';
  let count = 0;
  for (const it of document.querySelectorAll(told)) {
    const text = [...it.childNodes].find(node => node.nodeType === 3 && node.data.trim());
    if (text && !it.closest('.visually-hidden, svg')) {
      text.data = 'Wasserstraßenverkehrsverwaltungsgebäudeschlüssel'.repeat(2);
      count += 1;
    }
  }
  return count;
}"""


@pytest.fixture
def wide(browser: Browser, site: Stack):
    """A tab in which nothing moves."""
    context = browser.new_context(base_url=site.url, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def home_of(language: str) -> str:
    return "/" if language == "en" else f"/{language}/"


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_no_page_scrolls_sideways_on_any_window(wide: Page, language: str):
    found = []
    for place in (*PLACES, FORM):
        wide.goto(f"{home_of(language)}{place}")
        for width in WIDTHS:
            wide.set_viewport_size({"width": width, "height": 800})
            wide.evaluate(TWO_FRAMES)  # the new width is laid out when the second one is drawn
            for question in (TOO_WIDE, CUT):
                if reached := wide.evaluate(question):
                    found.append((place, width, reached))
            if wide.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append((place, width, "scrolls"))
    assert found == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("width", [390, 1280])
def test_text_of_twice_the_size_is_neither_cut_nor_covered(wide: Page, language: str, width: int):
    wide.set_viewport_size({"width": width, "height": 800})
    wide.context.new_cdp_session(wide).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    found = []
    for place in (*PLACES, FORM):
        wide.goto(f"{home_of(language)}{place}")
        assert wide.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 32
        for question in (TOO_WIDE, CUT):
            if reached := wide.evaluate(question):
                found.append((place, reached))
    assert found == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_word_that_is_longer_than_the_window_breaks(wide: Page, language: str):
    """Editors write titles, labels and names; somebody's address or product has no place to break."""
    wide.set_viewport_size({"width": 320, "height": 800})
    found = []
    for place in (*PLACES, FORM):
        wide.goto(f"{home_of(language)}{place}")
        assert wide.evaluate(LONG_WORDS) > 5
        for question in (TOO_WIDE, CUT):
            if reached := wide.evaluate(question):
                found.append((place, reached))
        if wide.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append((place, "scrolls"))
    assert found == []


# Writes Hebrew into what a selector finds first; says where it begins and ends, and where what holds it begins.
HEBREW = """selector => {
  const it = document.querySelector(selector);
  const text = [...it.childNodes].filter(node => node.nodeType === 3 && node.data.trim()).pop();
  text.data = 'איך נמל לומד לנהוג: 5G!';
  const left = (from, to) => {
    const range = document.createRange();
    range.setStart(text, from);
    range.setEnd(text, to);
    return range.getBoundingClientRect().left;
  };
  const length = text.data.length;
  const edge = (it.closest('h1, h3, p') ?? it).getBoundingClientRect().left;
  return {first: left(0, 1), last: left(length - 1, length), left: left(0, length), edge};
}"""


def test_what_runs_from_right_to_left_does_so_and_begins_below_what_stands_above_it(wide: Page, site: Stack):
    wide.set_viewport_size({"width": 1280, "height": 800})
    open_article(wide, site)
    for selector in ("h1", ".standfirst", ".disclosure__name", ".card__title a", ".card .disclosure-line__who"):
        drawn = wide.evaluate(HEBREW, selector)
        assert drawn["last"] < drawn["first"], selector
        if "who" not in selector and "name" not in selector:
            assert drawn["left"] - drawn["edge"] < 3, selector


def test_what_else_may_run_from_right_to_left_does_so(wide: Page, site: Stack):
    site.run("index_search")
    wide.set_viewport_size({"width": 1280, "height": 800})
    open_article(wide, site)
    for selector in (".contents__list a", ".offer p", "figcaption", "caption span"):
        drawn = wide.evaluate(HEBREW, selector)
        assert drawn["last"] < drawn["first"], selector
    wide.goto("/search/?q=port")
    drawn = wide.evaluate(HEBREW, ".hit__extract")
    assert drawn["last"] < drawn["first"]
    for place, typed in ((FORM, "[name=name]"), ("search/", "#search-q")):
        wide.goto(f"/{place}")
        assert wide.locator(typed).evaluate("it => getComputedStyle(it).unicodeBidi") == "plaintext"


# Where a line of facts is broken, and what is drawn before or after each fact.
FACTS = """selector => [...document.querySelectorAll(selector)].map(line => [...line.children].map(fact => {
  const style = getComputedStyle(fact), box = fact.getBoundingClientRect();
  return {
    top: Math.round(box.top),
    // A rule on the edge is cut off.
    begins: getComputedStyle(fact, '::before').content !== 'none'
      || (style.borderInlineStartWidth !== '0px' && box.left >= line.getBoundingClientRect().left + 1),
  };
}))"""


@pytest.mark.parametrize(("place", "selector"), [("latest/?language=all", ".card__date"), (ARTICLE, ".article-meta")])
@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_no_line_of_facts_begins_with_what_parts_them(wide: Page, place: str, selector: str, language: str):
    wide.goto(f"{home_of(language)}{place}")
    broken = 0
    for width, size in ((1280, 16), (320, 16), (320, 32)):
        wide.context.new_cdp_session(wide).send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": 13}})
        wide.set_viewport_size({"width": width, "height": 800})
        wide.evaluate(TWO_FRAMES)
        for facts in wide.evaluate(FACTS, selector):
            begun = [fact for before, fact in pairwise(facts) if fact["top"] > before["top"] + 5]
            broken += len(begun)
            assert not facts[0]["begins"]
            assert not any(fact["begins"] for fact in begun), (width, size)
    assert broken


@pytest.mark.parametrize("size", [16, 32])
def test_suggestions_are_as_wide_as_the_form_and_leave_the_focus_in_sight(wide: Page, site: Stack, size: int):
    site.run("index_search")
    wide.set_viewport_size({"width": 390, "height": 800})
    wide.context.new_cdp_session(wide).send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": 26}})
    wide.goto("/zh-hant/search/")
    wide.locator("#search-q").press_sequentially("前海")
    expect(wide.locator("#search-suggestions [role=option]").first).to_be_visible()
    row, field, found = (
        wide.locator(selector).bounding_box() for selector in (".search-form__row", "#search-q", "#search-suggestions")
    )
    assert row
    assert field
    assert found
    assert found["width"] == pytest.approx(row["width"], abs=1)
    assert field["width"] >= 9 * size
    # The ring around the field is six pixels wide.
    assert found["y"] >= field["y"] + field["height"] + 6


def test_the_page_is_dark_up_to_its_edge_while_the_dialog_is_open(wide: Page, site: Stack):
    """No backdrop reaches where the bar for scrolling was."""
    wide.set_viewport_size({"width": 1280, "height": 800})
    open_article(wide, site)
    wide.locator("a[data-brochure-opener]").first.click()
    expect(wide.get_by_role("dialog").locator("[name=name]")).to_be_focused()
    with Image.open(io.BytesIO(wide.screenshot())) as image:
        drawn = image.convert("RGB")
        left, right = (drawn.crop((x, 0, x + 8, drawn.height)).resize((1, 1)).getpixel((0, 0)) for x in (2, 1271))
    assert left == pytest.approx(right, abs=12)


def test_titles_of_a_row_begin_in_one_line(wide: Page, site: Stack):
    open_article(wide, site)
    for width in (768, 900, 1024, 1280, 1600):
        wide.set_viewport_size({"width": width, "height": 800})
        rows: dict[float, set[float]] = {}
        for card in wide.locator(".latest .card").all():
            top = card.bounding_box()["y"]
            rows.setdefault(round(top), set()).add(round(card.locator(".card__title").bounding_box()["y"] - top))
        assert all(len(begins) == 1 for begins in rows.values()), (width, rows)


def test_forced_colours_leave_labels_choices_and_focus_their_frames(browser: Browser, site: Stack):
    context = browser.new_context(base_url=site.url, forced_colors="active", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    open_article(page, site)
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    for framed in (".disclosure .label", ".card .label", ".fact-box", ".button", ".site-header [aria-current]"):
        below = page.locator(f"{framed}:visible").first.evaluate("it => getComputedStyle(it).borderBottomWidth")
        assert below != "0px", framed
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    assert page.locator(".skip-link").evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
    chosen = page.locator(".theme__option:has(:checked)")
    assert chosen.evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
    context.close()


REVEALED = "addEventListener('pagereveal', event => { window.fades = Boolean(event.viewTransition); });"


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_pages_fade_into_one_another_unless_the_reader_wants_less_motion(browser: Browser, site: Stack, motion):
    context = browser.new_context(base_url=site.url, reduced_motion=motion, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(REVEALED)
    page.goto("/")
    longest = "Math.max(0, ...document.getAnimations().map(it => it.effect.getComputedTiming().duration))"
    assert (page.evaluate(longest) > 1) is (motion == "no-preference")
    page.get_by_role("navigation", name="Main").get_by_role("link").first.click()
    page.wait_for_url("**/latest/")
    assert page.evaluate(when("window.fades !== undefined", "window.fades")) is (motion == "no-preference")
    context.close()
