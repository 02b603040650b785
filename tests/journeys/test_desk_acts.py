"""An administrator takes one request through everything that the desk can do with it, by mouse and keyboard."""

import re
import secrets

from playwright.sync_api import Page, expect

from partners.brochures.circumstances import TRAP_FIELD
from tests.journeys.admin import log_in
from tests.journeys.stack import Stack
from tests.journeys.test_visitor_consents_and_withdraws import GOODS, KINDS
from tests.journeys.test_visitor_gets_brochure import THANKS, fill, open_article


def ask(page: Page, site: Stack, address: str) -> None:
    """Ask for a brochure, and agree that the partner gets the data."""
    site.rows(
        "UPDATE partners_brochurerequestpage SET consent_handover = true, consent_transfer = false,"
        " handover_kinds = %s, handover_goods = %s, handover_gain = 'no_gain' RETURNING 1",
        *(KINDS, GOODS),
    )
    open_article(page, site)
    page.locator("a[data-brochure-opener]").first.click()
    fill(page, address, name="Mei Chan")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(GOODS).check()
    dialog.get_by_role("button", name="Send me the brochure").click()
    expect(dialog.get_by_text(THANKS).first).to_be_visible()


def open_request(page: Page, address: str) -> None:
    page.goto(f"/admin/brochure-requests/?q={address}")
    page.locator("tr", has_text=address).get_by_role("link").first.click()
    expect(page.locator("#timeline, [id*=timeline]").first).to_be_visible()


def answer(page: Page, button: str, told: str) -> None:
    """Press the button of a question, and see what the desk says."""
    page.get_by_role("button", name=button).click()
    expect(page.locator(".messages")).to_contain_text(told)


def from_the_header(page: Page, name: str) -> None:
    """Choose what stands folded away in the page's head."""
    page.locator("header").get_by_role("button", name=re.compile("Actions|More|options")).first.click()
    page.get_by_role("link", name=name).first.click()


def test_one_request_through_every_act(page: Page, site: Stack):
    wrong, right = (f"{name}-{secrets.token_hex(4)}@example.com" for name in ("wrong", "right"))
    ask(page, site, wrong)
    site.wait_for_mail(wrong)
    log_in(page)
    open_request(page, wrong)

    page.get_by_label("Status").select_option(label="won")
    page.get_by_label("Assigned to").select_option(index=1)
    answer(page, "Save", "Saved")
    page.get_by_label("New note").fill("Telephoned: the address has a slip.")
    answer(page, "Add note", "Note added")
    expect(page.locator("main")).to_contain_text("Telephoned: the address has a slip.")

    page.get_by_role("link", name="Withdraw for the person").click()
    answer(page, "Yes, withdraw it", "the consent is withdrawn")

    page.get_by_role("link", name="Revoke the link made").first.click()
    answer(page, "Yes, revoke it", "opens nothing any more")

    from_the_header(page, "Send to a corrected address")
    page.get_by_label("Correct address").fill(right)
    page.get_by_label("The same once more").fill(wrong)
    page.get_by_role("button", name="Correct and send").click()
    expect(page.locator("main")).to_contain_text("The two addresses are not the same.")
    page.get_by_label("The same once more").fill(right)
    answer(page, "Correct and send", "on its way to the corrected address")
    expect(page.locator("main")).to_contain_text(f"{wrong} → {right}")
    site.wait_for_mail(right)

    site.stop("worker")
    try:
        page.reload()
        page.get_by_role("link", name="Resend", exact=False).first.click()
        page.get_by_role("button", name="Yes, send it again").click()
        page.get_by_role("link", name="Cancel the letter").click()
        answer(page, "Yes, cancel it", "the letter will not be sent")
    finally:
        site.start("worker")
    assert len(site.mails_to(right)) == 1

    from_the_header(page, "Erase")
    page.get_by_role("button", name="Yes, erase it").click()
    expect(page.locator("main")).not_to_contain_text(right)
    assert site.rows("SELECT count(*) FROM partners_submission WHERE email IN (%s, %s)", wrong, right) == [(0,)]


def ask_as_a_robot(page: Page, site: Stack) -> str:
    """Fill in what no person sees; return the address."""
    address = f"held-{secrets.token_hex(4)}@example.com"
    open_article(page, site)
    page.locator("a[data-brochure-opener]").first.click()
    fill(page, address, name="Mei Chan")
    page.locator(f"[name={TRAP_FIELD}]").evaluate("field => { field.value = 'filled in' }")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Send me the brochure").click()
    expect(dialog.get_by_text(THANKS).first).to_be_visible()
    return address


def test_what_was_held_back_is_closed_as_spam_or_released(page: Page, site: Stack):
    held = ask_as_a_robot(page, site)
    log_in(page)
    open_request(page, held)
    page.get_by_role("button", name="Close as spam").click()
    expect(page.locator("main")).to_contain_text("Held back, and closed as spam")
    assert site.mails_to(held) == []

    page.get_by_role("button", name="Release and send").click()
    expect(page.locator("main")).to_contain_text("and released")
    site.wait_for_mail(held)
