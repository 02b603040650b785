"""An administrator ticks requests, and acts upon them; keeps a filter; chooses columns."""

import re
import secrets

from playwright.sync_api import Page, expect

from tests.journeys.admin import log_in
from tests.journeys.stack import Stack

DESK = "/admin/brochure-requests/"


def make_requests(site: Stack, mark: str, number: int) -> None:
    """Put `number` requests of the company `mark`, for a brochure that has a file, into the site's database."""
    site.execute(
        "INSERT INTO partners_submission (reference, key, form_title, article_title, brochure_title, language, email,"
        " name, company, answers, campaign, created_at, quarantine_reasons, spam_notes, brochure_id, brochure_file_id)"
        " SELECT %s || n, gen_random_uuid(), 'Form', '', 'Brochure', 'en', lower(%s) || n || '@example.com',"
        " 'Reader', %s, '[]', '{}', now() - n * interval '1 second', '{}', '{}', file.brochure_id, file.id"
        " FROM generate_series(1, %s) AS n,"
        " (SELECT id, brochure_id FROM partners_brochurefile ORDER BY id LIMIT 1) AS file",
        f"{mark}-",
        mark,
        mark,
        number,
    )


def tick(page: Page, *references: str) -> None:
    for reference in references:
        row = page.locator("tr", has=page.get_by_role("link", name=reference, exact=True))
        row.hover()
        row.locator("[data-bulk-action-checkbox]").check()


def choose(page: Page, act: str, answer: str) -> None:
    """Press an act below the list, and say yes on its page."""
    page.locator("[data-bulk-action-footer]").get_by_role("link", name=re.compile(act)).click()
    page.get_by_role("button", name=answer).click()


def test_each_act_upon_what_is_ticked(page: Page, site: Stack, tmp_path):
    mark = f"T{secrets.token_hex(4)}"
    make_requests(site, mark, 3)
    log_in(page)
    page.goto(f"{DESK}?q={mark}")
    expect(page.locator("[data-bulk-action-footer]")).to_be_hidden()

    tick(page, f"{mark}-1", f"{mark}-2")
    expect(page.locator("[data-bulk-action-num-objects]")).to_have_text("2 items selected")
    choose(page, "as spam", "Yes, close as spam")
    expect(page.locator(".messages")).to_contain_text("2 requests: closed as spam.")
    expect(page.locator("table.listing")).to_contain_text("The desk says that it is spam.")

    tick(page, f"{mark}-1", f"{mark}-3")
    page.locator("[data-bulk-action-footer]").get_by_role("link", name=re.compile("Release")).click()
    expect(page.locator("main")).to_contain_text("2 requests")
    expect(page.locator("main")).to_contain_text("With 1 of them it cannot be done as things are")
    page.get_by_role("button", name="Yes, release and send").click()
    expect(page.locator(".messages")).to_contain_text("1 request: released.")
    site.wait_for_mail(f"{mark.lower()}1@example.com")

    tick(page, f"{mark}-2", f"{mark}-3")
    page.locator("[data-bulk-action-footer]").get_by_role("link", name=re.compile("Export")).click()
    expect(page.locator("main")).to_contain_text("2 requests.")
    with page.expect_download() as file:
        page.get_by_role("button", name="Export", exact=True).click()
    file.value.save_as(tmp_path / "two.csv")
    assert (tmp_path / "two.csv").read_text("utf-8-sig").count(mark.lower()) == 2

    page.goto(f"{DESK}?q={mark}")
    tick(page, f"{mark}-2")
    choose(page, "Erase", "Yes, erase them")
    expect(page.locator(".messages")).to_contain_text("1 request: erased.")
    assert site.rows("SELECT reference FROM partners_submission WHERE company = %s ORDER BY id", mark) == [
        (f"{mark}-1",),
        (f"{mark}-3",),
    ]


def test_all_that_match_are_sent_again_by_the_worker(page: Page, site: Stack):
    mark = f"A{secrets.token_hex(4)}"
    make_requests(site, mark, 30)
    log_in(page)
    page.goto(DESK)
    # As a person would: the list narrows itself while one types, and the acts go by what it shows then.
    page.get_by_role("textbox", name="Search").last.fill(mark)
    expect(page.locator("main")).to_contain_text("There are 30 matches")
    page.locator("thead [data-bulk-action-select-all-checkbox]").check()
    page.get_by_role("button", name="Select all that match").click()
    page.locator("[data-bulk-action-footer]").get_by_role("link", name=re.compile("again")).click()
    expect(page.locator("main")).to_contain_text("30 requests")
    expect(page.locator("main")).to_contain_text(mark)
    page.get_by_role("button", name="Yes, send again").click()
    page.wait_for_url("**/bulk/*/")
    # The page looks again by itself; nobody presses anything.
    expect(page.locator(".desk-lead")).to_contain_text("Done", timeout=120_000)
    expect(page.locator(".desk-facts")).to_contain_text(re.compile(r"on its way again\s+30"))
    assert len(site.mails_to(f"{mark.lower()}30@example.com")) <= 1
    site.wait_for_mail(f"{mark.lower()}30@example.com")


def test_filter_is_kept_and_columns_are_chosen(page: Page, site: Stack):
    mark = f"K{secrets.token_hex(4)}"
    make_requests(site, mark, 1)
    log_in(page)
    page.goto(DESK)
    page.get_by_role("textbox", name="Search").last.fill(mark)
    expect(page.locator("main")).to_contain_text("There is 1 match")
    page.get_by_role("button", name="Saved filters").click()
    page.get_by_role("link", name="Save what is filtered now").click()
    page.get_by_label("Name", exact=False).fill(f"Filter {mark}")
    page.get_by_role("button", name="Save the filter").click()
    expect(page.locator(".messages")).to_contain_text("The filter is saved.")
    page.goto(DESK)
    page.get_by_role("button", name="Saved filters").click()
    page.get_by_role("link", name=f"Filter {mark}").click()
    expect(page.locator("main")).to_contain_text("There is 1 match")

    page.goto("/admin/brochure-requests/columns/")
    page.get_by_label("Language", exact=True).check()
    page.get_by_label("Article", exact=True).uncheck()
    page.get_by_role("button", name="Show these columns").click()
    heads = page.locator("table.listing thead")
    expect(heads).to_contain_text("Language")
    expect(heads).not_to_contain_text("Article")
    page.goto("/admin/brochure-requests/columns/")
    page.get_by_role("button", name="The usual columns").click()
    expect(heads).to_contain_text("Article")
