"""An administrator finds a reader's request, sees what became of its mail, and sends it again."""

import secrets

from playwright.sync_api import Page, expect

from tests.journeys.admin import log_in
from tests.journeys.stack import Stack
from tests.journeys.test_visitor_gets_brochure import THANKS, fill, open_article


def test_find_a_request_and_resend(page: Page, site: Stack):
    address = f"reader-{secrets.token_hex(4)}@example.com"
    title = open_article(page, site)
    page.locator("a[data-brochure-opener]").first.click()
    fill(page, address, name="陳大文")
    page.get_by_role("dialog").get_by_role("button", name="Send me the brochure").click()
    expect(page.get_by_role("dialog").get_by_text(THANKS).first).to_be_visible()
    first = site.wait_for_mail(address)

    log_in(page)
    page.get_by_role("link", name="Brochure requests").click()
    page.get_by_role("textbox", name="Search").last.fill("陳大文")
    row = page.locator("tr", has_text=address)
    expect(row).to_contain_text("Accepted by the mail server")
    expect(row).to_contain_text(title)
    row.get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text(address)
    expect(page.locator("main")).to_contain_text("Accepted by the mail server")

    page.get_by_role("link", name="Resend", exact=False).first.click()
    page.locator("main form").get_by_role("button").first.click()
    expect(page.locator(".messages")).to_be_visible()
    second = site.wait_for_mail(address, count=2)
    assert second["Message-ID"] != first["Message-ID"]
    assert [part.get_content() for part in second.iter_attachments()] == [
        part.get_content() for part in first.iter_attachments()
    ]


def test_editor_without_the_right_sees_no_request(page: Page, site: Stack):
    password = secrets.token_urlsafe(18)
    code = (
        "from django.contrib.auth.models import Group, User;"
        f"user = User.objects.create_user('editor', password={password!r});"
        "user.groups.add(Group.objects.get(name='Editors'))"
    )
    site.run("shell", "--no-imports", "-c", code)
    log_in(page, "editor", password)
    expect(page.get_by_role("link", name="Brochure requests")).to_have_count(0)
    page.goto("/admin/brochure-requests/")
    assert page.url.endswith("/admin/")
