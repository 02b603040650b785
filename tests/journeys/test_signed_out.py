"""A session runs out while a form of the admin is open, and nothing that was typed is lost."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.admin import log_in, wait_until_saved_by_itself
from tests.journeys.stack import Stack

THOUGHT = "Typed for a quarter of an hour"


def sign_out(context: BrowserContext) -> None:
    """End the session as time would; what else the browser keeps of the site stays."""
    kept = [cookie for cookie in context.cookies() if "session" not in cookie["name"]]
    context.clear_cookies()
    context.add_cookies(kept)  # type: ignore[arg-type]


def sign_in_elsewhere(page: Page) -> None:
    """Sign in by the link of the dialog, which opens a new page."""
    dialog = page.get_by_role("dialog", name="You were signed out")
    with page.expect_popup() as opened:
        dialog.get_by_role("link", name="Sign in on a new page").click()
    log_in(opened.value)
    opened.value.close()
    dialog.get_by_role("button", name="Send it again").click()


def test_a_form_waits_until_its_user_is_signed_in_again(page: Page, context: BrowserContext):
    log_in(page)
    page.goto("/admin/snippets/partners/topic/add/")
    page.locator("[name=name]").fill(THOUGHT)
    page.locator("[name=slug]").fill("typed")
    sign_out(context)
    page.get_by_role("button", name="Save").click()
    sign_in_elsewhere(page)
    expect(page.locator(".messages")).to_contain_text(THOUGHT)


def test_the_button_that_was_pressed_is_the_one_that_counts(page: Page, context: BrowserContext, site: Stack):
    log_in(page)
    [(number,)] = site.rows("SELECT id FROM wagtailcore_page WHERE title = 'Accessibility'")
    page.goto(f"/admin/pages/{number}/edit/")
    sign_out(context)
    page.get_by_role("tab", name="Promote").click()
    page.locator("[name=seo_title]").fill(THOUGHT)
    # It fails, since nobody is signed in.
    wait_until_saved_by_itself(page)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    sign_in_elsewhere(page)
    expect(page.locator(".messages")).to_contain_text("published")
    # What Wagtail asks for by itself, such as to save, is refused to whoever is signed out.
    page.complaints[:] = [line for line in page.complaints if f"/admin/pages/{number}/edit/" not in line]  # type: ignore[attr-defined]
    assert site.rows("SELECT live, seo_title FROM wagtailcore_page WHERE id = %s", number) == [(True, THOUGHT)]
