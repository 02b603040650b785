"""What keeps robots out is nothing that a person meets: not by eye, by keyboard or by screen reader."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from partners.brochures.circumstances import TRAP_FIELD
from tests.journeys.stack import Stack
from tests.journeys.test_visitor_gets_brochure import THANKS, fill, new_address, open_article

SEND = "Send me the brochure"
TRAP = f"[name={TRAP_FIELD}]"


def reasons(site: Stack, address: str) -> list[str]:
    [(found,)] = site.rows("SELECT quarantine_reasons FROM partners_submission WHERE email = %s", address)
    return list(found)


def set_missing_proof(site: Stack, choice: str) -> None:
    site.rows("UPDATE partners_brochurerequestpage SET missing_proof = %s RETURNING 1", choice)


@pytest.fixture
def puzzled(site: Stack) -> Iterator[None]:
    """Let every form hold back whoever does not solve the puzzle."""
    set_missing_proof(site, "hold")
    yield
    set_missing_proof(site, "ignore")


@pytest.mark.parametrize("in_dialog", [True, False])
def test_trap_is_nowhere_for_a_person(page: Page, site: Stack, in_dialog: bool):
    open_article(page, site)
    opener = page.locator("a[data-brochure-opener]").first
    if in_dialog:
        opener.click()
        expect(page.get_by_role("dialog").locator("[name=name]")).to_be_focused()
    else:
        page.goto(opener.get_attribute("href"))
        page.locator("[name=name]").focus()
    box = page.locator(TRAP).locator("xpath=../..").bounding_box()
    assert box["width"] <= 1
    assert box["height"] <= 1
    names = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        names.add(page.evaluate("document.activeElement?.name ?? ''"))
    assert "company" in names
    assert TRAP_FIELD not in names
    page.locator(TRAP).evaluate("element => element.focus()")
    assert page.evaluate("document.activeElement?.name ?? ''") != TRAP_FIELD
    assert page.get_by_role("textbox", name="Leave this empty").count() == 0


@pytest.mark.usefixtures("puzzled")
@pytest.mark.parametrize("in_dialog", [True, False])
def test_browser_solves_the_puzzle_while_the_form_is_filled_in(page: Page, site: Stack, in_dialog: bool):
    open_article(page, site)
    opener = page.locator("a[data-brochure-opener]").first
    if in_dialog:
        opener.click()
        expect(page.get_by_role("dialog").locator("[name=name]")).to_be_focused()
    else:
        page.goto(opener.get_attribute("href"))
    address = new_address()
    fill(page, address)
    # At once: what is not solved yet, the form waits for.
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text(THANKS).first).to_be_visible()
    assert reasons(site, address) == []
    site.wait_for_mail(address)


@pytest.mark.usefixtures("puzzled")
def test_without_javascript_the_form_still_thanks_and_the_desk_decides(browser: Browser, site: Stack):
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    open_article(page, site)
    page.locator("a[data-brochure-opener]").first.click()
    address = new_address()
    fill(page, address)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text(THANKS).first).to_be_visible()
    assert reasons(site, address) == ["no_proof"]
    context.close()


def test_form_without_a_puzzle_loads_no_script_for_it(page: Page, site: Stack):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_article(page, site)
    page.locator("a[data-brochure-opener]").first.click()
    address = new_address()
    fill(page, address)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text(THANKS).first).to_be_visible()
    assert reasons(site, address) == []
    assert [url for url in asked if "proof" in url] == []
