"""Every page, in each language and theme, with what a reader can bring about on it, has nothing that axe objects to."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.stack import Stack
from tests.journeys.test_visitor_gets_brochure import new_address, open_article

PLACES = (
    *(
        "",
        "latest/",
        "latest/?kind=paid&year=1999",
        "partners/",
        "partners/tidewright-robotics/",
        "partners/lanternbridge/two-legal-systems-one-table/",  # has notes
        "privacy/",
        "accessibility/",
    ),
    *("about-partner-content/", "search/", "search/?q=port", "search/?q=zyxwvuts", "nowhere/", "_util/login/"),
)
# Beside what axe looks for by itself (WCAG 2.2 A and AA, and good practice): targets of 24 pixels, 2.5.8.
EVERYTHING = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# Of another theme, only the colours are others.
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def still(browser: Browser, site: Stack) -> Iterator[Page]:
    """A tab in which nothing moves: a colour half faded in is not the one that is read."""
    context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def objections(page: Page, state: str) -> list[str]:
    """Return what axe objects to on the page as it is, in both themes."""
    found = []
    for scheme, options in (("light", EVERYTHING), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(TWO_FRAMES)  # the new colours are there when the second one is drawn
        for violation in Axe().run(page, options=options).response["violations"]:
            where = [f"{' '.join(map(str, node['target']))}: {node['failureSummary']}" for node in violation["nodes"]]
            found.append(f"{state}, {scheme}: {violation['id']} at {where[:3]}")
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_every_page_and_state(still: Page, site: Stack, language: str):
    # The worker may not have come to it yet.
    site.run("index_search")
    home = "/" if language == "en" else f"/{language}/"
    found = []
    for place in PLACES:
        still.goto(f"{home}{place}")
        found += objections(still, f"{home}{place}")
    found += of_suggestions(still, f"{home}search/", "t" if language == "en" else "前海")
    open_article(still, site, language)
    article = still.url
    found += objections(still, "article")
    found += of_a_list_that_goes_on(still)
    found += of_the_dialog(still)
    still.goto(article)
    still.goto(still.locator("a[data-brochure-opener]").first.get_attribute("href"))
    found += objections(still, "form")
    found += of_the_letter(still, site)
    assert found == []


def of_suggestions(page: Page, search: str, typed: str) -> list[str]:
    """Type the beginning of a word into the search, and choose the first of what is suggested without taking it."""
    page.goto(search)
    page.locator("#search-q").press_sequentially(typed)
    chosen = page.locator("#search-suggestions [aria-selected=true]")
    expect(page.locator("#search-suggestions [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(chosen).to_be_visible()
    return objections(page, "suggestions")


def of_a_list_that_goes_on(page: Page) -> list[str]:
    """Let the list below the article go on in place."""
    more = page.locator("a[data-more]")
    if not more.count():
        return []  # a language with few articles
    more.click()
    expect(page.locator(".latest .card:focus-within")).to_be_visible()
    return objections(page, "article whose list has gone on")


def test_with_less_motion_another_theme_is_there_at_once(still: Page):
    still.goto("/")
    still.emulate_media(color_scheme="dark")
    # Of a colour that is inherited, each element would begin to fade when the one around it has ended.
    assert still.evaluate("() => document.getAnimations().map(fading => fading.transitionProperty)") == []


def of_the_dialog(page: Page) -> list[str]:
    """Open the dialog, send it without an address, then close it."""
    page.locator("a[data-brochure-opener]").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[name=name]")).to_be_focused()
    found = objections(page, "dialog")
    dialog.locator("[name=email]").fill("nobody")
    send(page)
    expect(dialog.locator("[aria-invalid=true]").first).to_be_visible()
    found += objections(page, "dialog with errors")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    return found


def of_the_letter(page: Page, site: Stack) -> list[str]:
    """Send the form on its own page, and follow the links of the letter."""
    address = new_address()
    page.locator("[name=name]").fill("Reader")
    page.locator("[name=email]").fill("nobody")
    send(page)
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    found = objections(page, "form with errors")
    page.locator("[name=email]").fill(address)
    send(page)
    page.wait_for_url("**/thanks/**")
    found += objections(page, "thanks")
    text = site.wait_for_mail(address).get_body(("plain",)).get_content()
    [consent] = set(re.findall(rf"{re.escape(site.url)}\S*/consent/\S+/", text))
    page.goto(consent)
    found += objections(page, "what was agreed")
    page.goto("/brochures/not-a-link/")
    return found + objections(page, "a link that opens nothing")


def send(page: Page) -> None:
    """Send the form that is on top, without the browser's own checks, which would keep it here."""
    form = page.locator("[data-brochure-request] form").last
    form.evaluate("form => { form.noValidate = true }")
    form.locator("button[type=submit]").last.click()
