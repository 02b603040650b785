"""A reader reads an article, and the figures rise by one; robots, editors and who asks for it are left out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.admin import log_in
from tests.journeys.stack import Stack, wait_for
from tests.journeys.test_visitor_gets_brochure import open_article

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36"
# What tells this browser, which a program drives, from a reader's.
LIKE_A_READER = "Object.defineProperty(navigator, 'webdriver', {get: () => false});"
# The page's own idea of whether it is seen, set by the test.
HIDDEN = (
    "window.seen = 'hidden';"
    "Object.defineProperty(document, 'visibilityState', {get: () => window.seen});"
    "window.turn = (to) => { window.seen = to; document.dispatchEvent(new Event('visibilitychange')); };"
)


@pytest.fixture
def reader(browser: Browser, site: Stack) -> Iterator[Page]:
    """A tab as a person would have it, with a clock that the test moves."""
    context = browser.new_context(base_url=site.url, user_agent=BROWSER, locale="en-GB")
    context.add_init_script(LIKE_A_READER)
    tab = context.new_page()
    # Stands still but where the test moves it, however long a page takes to come.
    tab.clock.install(time=0)
    tab.clock.pause_at(1000)
    yield tab
    context.close()


def told(page: Page) -> list[str]:
    """Collect the paths of the beacons that the tab sends from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/reads/" in request.url else None)
    return sent


def counts(site: Stack, title: str) -> tuple[int, int]:
    rows = site.rows(
        "SELECT coalesce(sum(reads), 0), coalesce(sum(openings), 0) FROM partners_articlereads"
        " WHERE article_title = %s",
        title,
    )
    return (int(rows[0][0]), int(rows[0][1]))


def test_a_reading_and_an_opening_are_counted_once(reader: Page, page: Page, site: Stack):
    sent = told(reader)
    title = open_article(reader, site)
    reads, openings = counts(site, title)
    reader.clock.run_for(4900)
    assert sent == []
    with reader.expect_response("**/reads/*/") as answered:
        reader.clock.run_for(200)
    assert (answered.value.status, answered.value.headers.get("set-cookie")) == (204, None)
    opener = reader.locator("a[data-brochure-opener]").first
    with reader.expect_response("**/reads/*/opened/"):
        opener.click()
    reader.get_by_role("dialog").get_by_role("button").first.click()
    opener.click()
    reader.clock.run_for(60_000)
    assert len(sent) == 2
    wait_for(lambda: counts(site, title) == (reads + 1, openings + 1), "the counting")
    assert [cookie for cookie in reader.context.cookies() if "csrf" not in cookie["name"]] == []

    log_in(page)
    page.goto("/admin/figures/?days=7")
    expect(page.get_by_role("heading", name="From reading to request")).to_be_visible()
    section = page.locator("section", has=page.get_by_role("heading", name="From reading to request"))
    section.locator("summary").click()
    row = section.locator("tr", has_text=title).first
    expect(row.locator("td").nth(1)).to_have_text(str(reads + 1))
    expect(row.locator("td").nth(2)).to_have_text(str(openings + 1))
    with page.expect_download() as saved:
        section.get_by_role("link", name="CSV").click()
    assert title in saved.value.path().read_text(encoding="utf-8-sig")
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="The last 7 days")).to_be_visible()


def test_only_the_time_that_the_page_is_seen_counts(reader: Page, site: Stack):
    reader.add_init_script(HIDDEN)
    sent = told(reader)
    open_article(reader, site)
    reader.clock.run_for(60_000)
    reader.evaluate("turn('visible')")
    reader.clock.run_for(3000)
    reader.evaluate("turn('hidden')")
    reader.clock.run_for(60_000)
    reader.evaluate("turn('visible')")
    reader.clock.run_for(1900)
    assert sent == []
    with reader.expect_response("**/reads/*/"):
        reader.clock.run_for(200)


@pytest.mark.parametrize("wish", ["doNotTrack", "globalPrivacyControl"])
def test_whoever_asks_not_to_be_tracked_is_not_counted(reader: Page, site: Stack, wish: str):
    value = "'1'" if wish == "doNotTrack" else "true"
    reader.add_init_script(f"Object.defineProperty(navigator, '{wish}', {{get: () => {value}}});")
    sent = told(reader)
    open_article(reader, site)
    reader.clock.run_for(60_000)
    reader.locator("a[data-brochure-opener]").first.click()
    expect(reader.get_by_role("dialog")).to_be_visible()
    assert sent == []


def test_a_browser_that_a_program_drives_is_not_counted(page: Page, site: Stack):
    page.clock.install()
    sent = told(page)
    open_article(page, site)
    page.clock.run_for(60_000)
    assert sent == []


def test_an_editors_preview_is_not_counted(reader: Page, site: Stack):
    log_in(reader)
    [(number,)] = site.rows("SELECT min(page_ptr_id) FROM partners_partnerarticlepage")
    sent = told(reader)
    reader.goto(f"/admin/pages/{number}/view_draft/")
    expect(reader.locator("article h1")).to_be_visible()
    reader.clock.run_for(60_000)
    assert sent == []
    # Nor is the published page, when somebody reads it who is logged in.
    title = open_article(reader, site)
    before = counts(site, title)
    with reader.expect_response("**/reads/*/"):
        reader.clock.run_for(6000)
    assert counts(site, title) == before
