"""A reader lets 'latest post' go on below an article, opens one of what came, and comes back to the same place."""

from playwright.sync_api import Browser, Page, expect

from tests.journeys.stack import Stack
from tests.journeys.test_visitor_gets_brochure import open_article
from tests.journeys.waiting import when

CARDS = ".latest [data-cards] > li"
# Every card's title with what stands before it: label, sponsor.
LABELLED = """cards => cards.map(card => {
  const [label, title] = ['.label', '.card__title'].map(part => card.querySelector(part));
  return Boolean(label.compareDocumentPosition(title) & Node.DOCUMENT_POSITION_FOLLOWING);
})"""


def test_more_come_in_place_and_are_there_on_the_way_back(page: Page, site: Stack):
    open_article(page, site)
    article = page.url
    cards = page.locator(CARDS)
    before = cards.count()
    more = page.get_by_role("link", name="More articles")
    more.focus()
    page.keyboard.press("Enter")
    expect(cards.nth(before).locator("a").first).to_be_focused()
    expect(page.locator(".latest").get_by_role("status")).to_contain_text("Articles added:")
    assert page.url == article
    titles = page.locator(f"{CARDS} h3 a")
    assert titles.count() == cards.count() > before
    addresses = titles.evaluate_all("links => links.map(link => link.href)")
    assert len(set(addresses)) == len(addresses)
    assert article not in addresses
    assert all(cards.evaluate_all(LABELLED))
    chosen = titles.last
    chosen.focus()
    chosen.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    page.keyboard.press("Enter")
    page.wait_for_url(addresses[-1])
    # Shown anew from the site, not out of the browser's memory of the page.
    page.go_back(wait_until="load")
    expect(cards).to_have_count(len(addresses))
    expect(titles.last).to_be_in_viewport()
    page.evaluate(when(f"Math.abs(scrollY - {place}) < 60"))


def test_the_last_part_says_so_and_takes_its_link_away(page: Page, site: Stack):
    page.goto("/")
    more = page.locator(".latest a[data-more]")
    last = more.get_attribute("data-last")
    more.click()
    expect(more).to_be_hidden()
    expect(page.locator(".latest").get_by_role("status")).to_contain_text(last)
    listed = page.locator(f".lead .card__title a, {CARDS} .card__title a")
    [(count,)] = site.rows(
        "SELECT count(*) FROM wagtailcore_page JOIN partners_partnerarticlepage ON id = page_ptr_id"
        " JOIN wagtailcore_locale locale ON locale.id = locale_id WHERE live AND language_code = 'en'"
    )
    assert listed.count() == count


def test_without_scripts_the_link_leads_to_the_next_part_of_the_list(browser: Browser, site: Stack):
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    shown = page.locator(".lead .card__title a, .latest .card__title a").evaluate_all("all => all.map(a => a.href)")
    page.get_by_role("link", name="More articles").click()
    assert "/latest/?after=" in page.url
    further = page.locator("main .card__title a").evaluate_all("all => all.map(a => a.href)")
    assert further
    assert not set(further) & set(shown)
    context.close()


def test_a_part_that_does_not_come_is_opened_instead(page: Page, site: Stack):
    page.goto("/")
    page.route(
        "**/latest/?after=*",
        lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_(),
    )
    page.get_by_role("link", name="More articles").click()
    page.wait_for_url("**/latest/?after=*")
    expect(page.locator("main .card__title").first).to_be_visible()
