"""A reader types what is searched for and is suggested it: by keyboard, while composing Chinese, without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.journeys.stack import Stack

OPTIONS = "#search-suggestions [role=option]"


@pytest.fixture(scope="module")
def indexed(site: Stack) -> Iterator[Stack]:
    """The site, whose pages are all written into the index."""
    site.run("index_search")
    return site


def questions(page: Page) -> list[str]:
    """Return a list into which every text goes for which suggestions are asked."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/suggestions/" in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_suggestions_are_told_chosen_by_arrows_and_taken_back(page: Page, indexed: Stack):
    page.goto("/search/")
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("two leg")
    options = page.locator(OPTIONS)
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status")).to_have_text(f"Suggestions: {options.count()}.")
    # The label stands before the title, for ears as well.
    expect(options.first).to_have_accessible_name(
        "Paid content Lanternbridge Dispute Services Two legal systems, one table"
    )
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(field).to_have_value("two leg")
    expect(page.get_by_role("status")).to_have_text("")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/two-legal-systems-one-table/")


def test_nothing_is_asked_until_a_chinese_word_is_composed(page: Page, indexed: Stack):
    page.goto("/zh-hans/search/")
    asked = questions(page)
    field = page.locator("#search-q")
    field.focus()
    keys = page.context.new_cdp_session(page)
    page.clock.install()
    for composed in ("q", "qian", "qian'hai"):
        keys.send("Input.imeSetComposition", {"text": composed, "selectionStart": len(composed), "selectionEnd": 0})
        expect(field).to_have_value(composed)
        page.clock.run_for(1000)
    assert asked == []
    keys.send("Input.insertText", {"text": "前海"})
    expect(field).to_have_value("前海")
    page.clock.run_for(1000)
    expect(page.locator(OPTIONS).first).to_be_visible()
    assert len(asked) == 1


def test_without_scripts_the_browser_suggests_names_and_the_button_searches(browser: Browser, indexed: Stack):
    context = browser.new_context(base_url=indexed.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/zh-hant/search/")
    field = page.locator("#search-q")
    names = page.locator(f"datalist#{field.get_attribute('list')} option")
    titles = {title for (title,) in indexed.rows(PARTNERS)}
    assert titles
    assert titles <= {name.get_attribute("value") for name in names.all()}
    field.fill("前海")
    page.get_by_role("search").get_by_role("button").click()
    expect(page.locator(".hit mark").first).to_have_text("前海")
    context.close()


PARTNERS = """
    SELECT page.title FROM wagtailcore_page page JOIN partners_partnerpage ON page_ptr_id = page.id
    JOIN wagtailcore_locale locale ON locale.id = page.locale_id WHERE page.live AND language_code = 'zh-hant'
"""
