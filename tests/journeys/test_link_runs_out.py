"""A reader opens an old letter, whose link has run out, gets a fresh one, and the desk takes that one back."""

import re
import secrets
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from tests.faults.waiting import wait_until
from tests.journeys.admin import log_in
from tests.journeys.stack import Stack
from tests.journeys.test_visitor_gets_brochure import THANKS, fill, open_article


def link_in(mail: EmailMessage) -> str:
    """Return the brochure's address that stands in the letter."""
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return re.search(r"http://\S+/brochures/\S+/", text)[0]  # type: ignore[index]


def test_link_runs_out_and_a_fresh_one_is_revoked(page: Page, site: Stack):
    address = f"reader-{secrets.token_hex(4)}@example.com"
    open_article(page, site)
    page.locator("a[data-brochure-opener]").first.click()
    fill(page, address)
    page.get_by_role("dialog").get_by_role("button", name="Send me the brochure").click()
    expect(page.get_by_role("dialog").get_by_text(THANKS).first).to_be_visible()
    old = link_in(site.wait_for_mail(address))
    pdf = page.request.get(old)
    assert pdf.headers["content-type"] == "application/pdf"
    middle = page.request.get(old, headers={"Range": "bytes=1000-1999"})
    assert (middle.status, middle.body()) == (206, pdf.body()[1000:2000])
    assert page.request.head(old).headers["content-length"] == str(len(pdf.body()))

    site.execute(
        "UPDATE partners_brochurelink SET expires_at = now() - interval '1 second' FROM partners_submission s"
        " WHERE s.id = submission_id AND s.email = %s",
        address,
    )
    page.goto(old)
    expect(page.get_by_role("heading", name="This link does not open a brochure")).to_be_visible()
    page.get_by_role("button", name="Send me a fresh link").click()
    page.wait_for_url("**/brochures/fresh-link/")
    expect(page.locator("main")).to_contain_text("a fresh one is on its way")
    fresh_letter = site.wait_for_mail(address, count=2)
    assert "fresh link" in str(fresh_letter["Subject"])
    fresh = link_in(fresh_letter)
    assert page.request.get(fresh).body() == pdf.body()

    log_in(page)
    page.get_by_role("link", name="Brochure requests").click()
    page.get_by_role("textbox", name="Search").last.fill(address)
    page.locator("tr", has_text=address).get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text("Fresh link asked for by the reader")
    page.get_by_role("link", name="Revoke the link").last.click()
    page.get_by_role("button", name="Yes, revoke it").click()
    expect(page.locator(".messages")).to_contain_text("the link opens nothing any more")
    expect(page.locator("main")).to_contain_text("Link revoked by admin")
    assert page.request.get(fresh).status == 404

    page.goto(old)
    page.get_by_role("button", name="Send me a fresh link").click()
    page.wait_for_url("**/brochures/fresh-link/")
    assert len(site.mails_to(address)) == 2


def test_uploaded_brochure_gets_its_cover(site: Stack):
    """The demo's files were stored as uploads are; the worker has drawn the first page of each."""

    def all_drawn() -> bool:
        [(files, covers)] = site.rows("SELECT count(*), count(cover_id) FROM partners_brochurefile")
        return bool(files and files == covers)

    wait_until(all_drawn, 120, "a cover for every file")
