"""A reader asks for a brochure over an article, and finds it in the inbox."""

import re
import secrets
import time
import urllib.request

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.stack import Stack, wait_for

THANKS = "Thank you! Your submission has been received!"
HEADING = "Enter Your Info Below And We Will Send You The Brochure To Your Inbox!"


def new_address() -> str:
    return f"reader-{secrets.token_hex(4)}@example.com"


def open_article(page: Page, site: Stack, language: str = "en") -> str:
    """Open the newest article of `language` that offers a brochure; return its title."""
    [(path, title)] = site.rows(
        "SELECT page.url_path, page.title FROM wagtailcore_page page"
        " JOIN partners_partnerarticlepage article ON article.page_ptr_id = page.id"
        " JOIN wagtailcore_locale locale ON locale.id = page.locale_id"
        " WHERE page.live AND locale.language_code = %s AND article.body::text LIKE '%%call_to_action%%'"
        " ORDER BY article.publication_date DESC, page.id DESC LIMIT 1",
        language,
    )
    below_home = path.split("/", 2)[2]
    page.goto(f"/{below_home}" if language == "en" else f"/{language}/{below_home}")
    return str(title)


def fill(page: Page, address: str, name: str = "Reader") -> None:
    form = page.locator("[data-brochure-request] form").last
    form.locator("[name=name]").fill(name)
    form.locator("[name=email]").fill(address)


def assert_brochure_arrived(site: Stack, address: str) -> None:
    """The mail holds the file and a link; both give the stored file byte for byte."""
    mail = site.wait_for_mail(address)
    [(stored,)] = site.rows(
        "SELECT file.file FROM partners_submission submission"
        " JOIN partners_brochurefile file ON file.id = submission.brochure_file_id WHERE submission.email = %s",
        address,
    )
    original = (site.folder / "private" / stored).read_bytes()
    assert original.startswith(b"%PDF-")
    [attachment] = list(mail.iter_attachments())
    assert attachment.get_content() == original
    text = mail.get_body(("plain",)).get_content()
    [link] = set(re.findall(rf"{re.escape(site.url)}/brochures/\S+/", text))
    assert link in mail.get_body(("html",)).get_content()
    with urllib.request.urlopen(link, timeout=30) as answer:
        assert answer.read() == original
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"]


def test_with_javascript_in_a_dialog_over_the_article(page: Page, site: Stack):
    title = open_article(page, site)
    address = new_address()
    article_url = page.url
    assert page.context.cookies() == []

    page.locator("a[data-brochure-opener]").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(HEADING)).to_be_visible()
    expect(dialog.get_by_role("button", name="close x")).to_be_visible()
    fill(page, address)
    dialog.get_by_role("button", name="Send me the brochure").click()

    expect(dialog.get_by_text(THANKS).first).to_be_visible()
    assert page.url == article_url
    assert_brochure_arrived(site, address)
    [(article_title,)] = site.rows("SELECT article_title FROM partners_submission WHERE email = %s", address)
    assert article_title == title


def test_without_javascript_on_a_page_of_its_own(browser: Browser, site: Stack):
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    open_article(page, site)
    address = new_address()

    page.locator("a[data-brochure-opener]").first.click()
    expect(page.get_by_text(HEADING)).to_be_visible()
    fill(page, "not an address")
    page.get_by_role("button", name="Send me the brochure").click()
    expect(page.locator("[name=email]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=name]")).to_have_value("Reader")
    fill(page, address)
    page.get_by_role("button", name="Send me the brochure").click()
    expect(page.get_by_text(THANKS).first).to_be_visible()
    page.reload()
    expect(page.get_by_text(THANKS).first).to_be_visible()

    assert_brochure_arrived(site, address)
    assert site.rows("SELECT count(*) FROM partners_submission WHERE email = %s", address) == [(1,)]
    context.close()


def test_by_keyboard_alone(page: Page, site: Stack):
    open_article(page, site)
    address = new_address()
    opener = page.locator("a[data-brochure-opener]").first
    for _ in range(80):
        page.keyboard.press("Tab")
        if opener.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[name=name]")).to_be_focused()

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()

    page.keyboard.press("Enter")
    expect(dialog.locator("[name=name]")).to_be_focused()
    page.keyboard.type("Key Board")
    page.keyboard.press("Tab")
    page.keyboard.type(address)
    page.keyboard.press("Enter")
    expect(dialog.get_by_text(THANKS).first).to_be_visible()
    assert dialog.evaluate("dialog => dialog.contains(document.activeElement)")
    assert_brochure_arrived(site, address)


def test_errors_stand_beside_their_field_and_nothing_typed_is_lost(page: Page, site: Stack):
    open_article(page, site)
    page.locator("a[data-brochure-opener]").first.click()
    dialog = page.get_by_role("dialog")
    fill(page, "reader@", name="Kept")
    dialog.get_by_role("button", name="Send me the brochure").click()

    email = dialog.locator("[name=email]")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_be_focused()
    described = email.get_attribute("aria-describedby")
    assert described
    expect(dialog.locator(f"#{described.split()[-1]}")).to_contain_text("not a complete e-mail address")
    expect(dialog.locator("[name=name]")).to_have_value("Kept")

    page.keyboard.press("Escape")
    page.locator("a[data-brochure-opener]").first.click()
    expect(dialog.locator("[name=name]")).to_have_value("Kept")


def test_broken_line_is_said_and_the_next_try_counts_once(page: Page, site: Stack):
    open_article(page, site)
    address = new_address()
    page.locator("a[data-brochure-opener]").first.click()
    dialog = page.get_by_role("dialog")
    fill(page, address)
    page.context.set_offline(True)
    dialog.get_by_role("button", name="Send me the brochure").click()
    expect(dialog.get_by_text("Oops! Something went wrong while submitting the form").last).to_be_visible()
    page.context.set_offline(False)
    dialog.get_by_role("button", name="Send me the brochure").dblclick()
    expect(dialog.get_by_text(THANKS).first).to_be_visible()
    assert site.rows("SELECT count(*) FROM partners_submission WHERE email = %s", address) == [(1,)]


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_in_chinese(page: Page, site: Stack, language: str):
    open_article(page, site, language)
    address = new_address()
    page.locator("a[data-brochure-opener]").first.click()
    dialog = page.get_by_role("dialog")
    fill(page, address, name="陳大文")
    dialog.locator("form button[type=submit]").click()
    expect(dialog.locator("[data-thanks]")).to_be_visible()
    assert_brochure_arrived(site, address)
    html = site.wait_for_mail(address).get_body(("html",)).get_content()
    assert f'lang="{language}"' in html.lower()
    assert "陳大文" in html


def test_mail_server_down_the_reader_does_not_notice(page: Page, site: Stack):
    open_article(page, site)
    address = new_address()
    site.stop("inbox")
    try:
        page.locator("a[data-brochure-opener]").first.click()
        dialog = page.get_by_role("dialog")
        fill(page, address)
        begun = time.monotonic()
        dialog.get_by_role("button", name="Send me the brochure").click()
        expect(dialog.get_by_text(THANKS).first).to_be_visible()
        waited = time.monotonic() - begun
        failed_once = "SELECT 1 FROM partners_deliveryattempt attempt JOIN partners_outgoingmessage message"
        failed_once += ' ON message.id = attempt.message_id WHERE message."to" = %s'
        wait_for(lambda: site.rows(failed_once, address), "an attempt at the mail server that is down")
        assert site.mails_to(address) == []
    finally:
        site.start("inbox")
    back = time.monotonic()
    site.wait_for_mail(address, seconds=150)
    print(f"mail server down: thank-you after {waited:.2f} s; mail {time.monotonic() - back:.1f} s after it was back")
    assert waited < 5
    assert_brochure_arrived(site, address)
