"""A reader ticks two boxes over an article, confirms one by the second letter, and withdraws both again."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.stack import Stack, wait_for
from tests.journeys.test_visitor_gets_brochure import THANKS, fill, new_address, open_article

KINDS, GOODS = "name and e-mail address", "robots for quays"


def link_of(site: Stack, address: str, part: str) -> str:
    """Return the address of ours that holds `part` in a letter to `address`, waiting for it."""
    pattern = re.compile(rf"{re.escape(site.url)}/{part}[\w.-]+/")

    def look() -> str | None:
        texts = [mail.get_body(("plain",)).get_content() for mail in site.mails_to(address)]
        return next((found[0] for text in texts if (found := pattern.search(text))), None)

    return wait_for(look, f"a letter to {address} with {part}", 60)


def events(site: Stack, address: str) -> list[tuple[str, str]]:
    return site.rows(
        "SELECT record.purpose, event.kind FROM partners_consentevent event"
        " JOIN partners_consentrecord record ON record.id = event.record_id"
        " JOIN partners_submission submission ON submission.id = record.submission_id"
        " WHERE submission.email = %s ORDER BY event.id",
        address,
    )


def test_tick_confirm_and_withdraw(page: Page, site: Stack):
    site.rows(
        "UPDATE partners_brochurerequestpage SET consent_news = true, consent_handover = true,"
        " consent_transfer = false, handover_kinds = %s,"
        " handover_goods = %s, handover_gain = 'no_gain' RETURNING 1",
        *(KINDS, GOODS),
    )
    open_article(page, site)
    address = new_address()
    page.locator("a[data-brochure-opener]").first.click()
    dialog = page.get_by_role("dialog")
    boxes = dialog.get_by_role("group", name="Only if you like").get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    for box in boxes.all():
        expect(box).not_to_be_checked()
        size = box.bounding_box()
        assert min(size["width"], size["height"]) >= 24
    fill(page, address)
    dialog.get_by_label("to send me news by e-mail").check()
    dialog.get_by_label(GOODS).check()
    dialog.get_by_role("button", name="Send me the brochure").click()
    expect(dialog.get_by_text(THANKS).first).to_be_visible()
    expect(dialog.get_by_text("a second letter asks you to confirm it")).to_be_visible()
    given = [("news", "given"), ("handover", "given")]
    assert events(site, address) == given

    # A scanner of mail opens every link first; only the button counts.
    confirm = link_of(site, address, "consent/confirm/")
    page.goto(confirm)
    assert events(site, address) == given
    page.get_by_role("button", name="Yes, send me news").click()
    expect(page.get_by_role("heading", name="Confirmed. Thank you!")).to_be_visible()
    assert events(site, address) == [*given, ("news", "confirmed")]

    page.get_by_role("link", name="See what you agreed to, or withdraw it").click()
    expect(page.get_by_text("You agreed to this.")).to_have_count(2)
    expect(page.get_by_text(f"{KINDS}. ")).to_be_visible()
    # The brochure's own letter leads here as well.
    assert link_of(site, address, "consent/(?!confirm/)") == page.url
    page.get_by_role("button", name="Withdraw everything").click()
    result = page.get_by_role("status")
    expect(result).to_contain_text("no more news to this address")
    expect(result).to_be_focused()
    page.emulate_media(forced_colors="active")
    expect(result).to_have_css("border-top-style", "solid")
    page.emulate_media(forced_colors="none")
    expect(page.get_by_text("You have withdrawn this.")).to_have_count(2)
    assert set(events(site, address)[3:]) == {("news", "withdrawn"), ("handover", "withdrawn")}
    assert site.rows("SELECT count(*) FROM partners_suppression WHERE lifted_at IS NULL") == [(1,)]
