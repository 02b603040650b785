"""An administrator narrows the list, exports it, at once and as a job, and opens the files."""

import csv
import io
import secrets
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.journeys.admin import log_in
from tests.journeys.stack import Stack

MANY = 2_500


def make_requests(site: Stack, mark: str, number: int) -> None:
    """Put `number` requests of the company `mark` into the site's database."""
    site.execute(
        "INSERT INTO partners_submission (reference, key, form_title, article_title, brochure_title, language, email,"
        " name, company, answers, campaign, created_at, quarantine_reasons, spam_notes)"
        " SELECT %s || n, gen_random_uuid(), 'Form', '', 'Brochure', 'en', 'reader' || n || '@example.com',"
        " '=HYPERLINK(1)', %s, '[]', '{}', now(), '{}', '{}' FROM generate_series(1, %s) AS n",
        f"{mark}-",
        mark,
        number,
    )


def test_export_what_is_filtered(page: Page, site: Stack, tmp_path: Path):
    few, many = f"F{secrets.token_hex(4)}", f"M{secrets.token_hex(4)}"
    make_requests(site, few, 3)
    make_requests(site, many, MANY)
    log_in(page)

    page.goto(f"/admin/brochure-requests/export/?q={few}")
    expect(page.locator("main")).to_contain_text("3 requests.")
    expect(page.locator("main")).to_contain_text(few)
    with page.expect_download() as small:
        page.get_by_role("button", name="Export", exact=True).click()
    small.value.save_as(tmp_path / "few.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "few.csv").read_text("utf-8-sig"), newline="")))
    assert [row["reference"] for row in rows] == [f"{few}-{number}" for number in (3, 2, 1)]
    assert {row["name"] for row in rows} == {"'=HYPERLINK(1)"}

    page.goto(f"/admin/brochure-requests/export/?q={many}")
    page.get_by_label("XLSX").check()
    page.get_by_role("button", name="Export", exact=True).click()
    page.wait_for_url("**/exports/*/")
    link = page.get_by_role("link", name="Download")
    # The page looks again by itself; nobody presses anything.
    expect(link).to_be_visible(timeout=120_000)
    with page.expect_download() as large:
        link.click()
    large.value.save_as(tmp_path / "many.xlsx")
    book = openpyxl.load_workbook(tmp_path / "many.xlsx", read_only=True)
    cells = list(book.active.iter_rows(max_col=9, values_only=True))
    book.close()
    assert len(cells) == MANY + 1
    assert {row[8] for row in cells[1:]} == {"=HYPERLINK(1)"}

    page.get_by_role("link", name="My exports").last.click()
    # Another journey may have left some of the same account.
    expect(page.locator("table.listing tbody tr").nth(1)).to_be_visible()
    assert site.rows("SELECT count FROM partners_accessrecord WHERE way = 'export' ORDER BY id")[-2:] == [(3,), (MANY,)]


def test_cancel_one_that_waits(page: Page, site: Stack):
    mark = f"C{secrets.token_hex(4)}"
    make_requests(site, mark, MANY)
    log_in(page)
    site.stop("worker")
    try:
        page.goto(f"/admin/brochure-requests/export/?q={mark}")
        page.get_by_role("button", name="Export", exact=True).click()
        page.wait_for_url("**/exports/*/")
        expect(page.locator("main")).to_contain_text("Waiting")
        page.get_by_role("button", name="Cancel the export").click()
        expect(page.locator("main")).to_contain_text("Cancelled")
    finally:
        site.start("worker")
