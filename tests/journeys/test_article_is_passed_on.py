"""A reader passes an article on: by the system's sheet, by a copied link, on paper."""

import io
import re
import unicodedata

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from tests.journeys.stack import Stack
from tests.journeys.test_visitor_gets_brochure import fill, new_address, open_article
from tests.journeys.waiting import when

LABELS = {"en": "Paid content", "zh-hant": "付費內容", "zh-hans": "付费内容"}
SHEET = """
  window.shared = [];
  navigator.canShare = () => true;
  navigator.share = async (what) => { window.shared.push(what); };
"""


def compared(text: str) -> str:
    """Return the text without spaces, and with the characters for which a PDF has their look-alikes."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_the_systems_sheet_gets_the_label_first(page: Page, site: Stack):
    page.add_init_script(SHEET)
    title = open_article(page, site)
    page.get_by_role("button", name="Share …").click()
    [shared] = page.evaluate(when("window.shared.length === 1", "window.shared"))
    assert shared["text"].startswith("Paid content · ")
    assert shared["title"] == shared["text"]
    assert shared["text"].endswith(title)
    assert shared["url"] == page.evaluate("document.querySelector('link[rel=canonical]').href")


def test_the_link_is_copied_and_said_to_be(page: Page, site: Stack, context: BrowserContext):
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    open_article(page, site)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    # WCAG 2.2, 2.5.8: as wide and as high as a finger needs.
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        boxes = [way.bounding_box() for way in page.locator(".share__way:visible").all()]
        assert len(boxes) == 8
        assert all(box["width"] >= 24 and box["height"] >= 24 for box in boxes)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", LABELS)
def test_paper_says_the_label_before_the_title_and_where_the_article_is(page: Page, site: Stack, language):
    title = open_article(page, site, language)
    address = page.url
    sheets = PdfReader(io.BytesIO(page.pdf())).pages
    text = compared("".join(sheet.extract_text() for sheet in sheets))
    label, named = text.find(compared(LABELS[language])), text.find(compared(title))
    assert -1 < label < named
    assert address in text
    assert "WhatsApp" not in text
    page.emulate_media(media="print")
    for hidden in ("nav", ".share", ".related", ".latest", "form", "[data-brochure-opener]", ".site-footer"):
        assert page.locator(f"{hidden}:visible").count() == 0, hidden


def words_on_paper(page: Page) -> list[str]:
    """Print the page; return the words on each sheet."""
    return [compared(sheet.extract_text()) for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages]


def test_over_a_printed_article_lies_no_form_but_thanks_are_printed(page: Page, site: Stack):
    title = open_article(page, site)
    page.locator("a[data-brochure-opener]").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[name=name]")).to_be_focused()
    first, *_ = words_on_paper(page)
    assert -1 < first.find("Paidcontent") < first.find(compared(title))
    assert "Yourname" not in first
    fill(page, new_address())
    dialog.get_by_role("button", name="Send me the brochure").click()
    reference = dialog.locator(".reference strong")
    expect(reference).to_be_visible()
    [only] = words_on_paper(page)
    assert compared(reference.inner_text()) in only
    assert compared(title) not in only


@pytest.mark.parametrize("place", ["/latest/", "/search/?q=port"])
def test_no_sheet_has_a_title_whose_label_is_on_the_sheet_before(page: Page, site: Stack, place: str):
    site.run("index_search")
    page.goto(place)
    named = page.locator(":is(.card, .hit:has(.label)) :is(h2, h3) a").all_text_contents()
    titles = [compared(name.split(":", 1)[1]) for name in named]
    assert len(titles) > 3
    # Wherever a sheet ends: the same list begins lower and lower.
    for lower in range(0, 250, 50):
        page.locator("main").evaluate("(main, lower) => { main.style.paddingBlockStart = `${lower}px` }", lower)
        for sheet in words_on_paper(page):
            before = 0
            for named in re.finditer("|".join(map(re.escape, titles)), sheet):
                # The label that is seen, not the one within the link, which ends with a colon.
                assert re.search(r"(?:Paid|Contributed)content(?!:)", sheet[before : named.start()]), (lower, sheet)
                before = named.end()
