"""A reader without a mouse walks through a page: each stop is named and seen, and they come in the order of the eye."""

from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.stack import Stack

PLACES = ("/", "/zh-hans/partners/lanternbridge/two-legal-systems-one-table/", "/latest/?kind=paid", "/search/?q=port")
MOST_STOPS = 90
# The stop, whether a line is drawn around it or its card, and whether it is in the window with nothing upon it.
STOP = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const drawn = [it, it.closest('.card')].filter(Boolean).some(one => getComputedStyle(one).outlineStyle === 'solid');
  const box = it.getBoundingClientRect();
  const inside = box.top >= -1 && box.top < innerHeight && box.left >= -1 && box.right <= innerWidth + 1;
  const upon = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height, 30) / 2);
  return {
    name: `${it.localName} ${it.getAttribute('aria-label') ?? it.textContent.trim()}`.slice(0, 70),
    top: box.top + scrollY,
    drawn,
    seen: inside && Boolean(upon) && (it === upon || it.contains(upon) || upon.contains(it)),
  };
}"""


def stops(page: Page) -> list[dict]:
    """Press Tab until the page ends; return what was reached."""
    found = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            return found
        found.append(stop)
    raise AssertionError(f"no end after {found[-1]}")


@pytest.mark.parametrize("width", [390, 1280])
def test_each_stop_of_tab_is_seen(browser: Browser, site: Stack, width: int):
    context = browser.new_context(base_url=site.url, viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    for place in PLACES:
        page.goto(place, wait_until="networkidle")
        found = stops(page)
        assert len(found) > 12, place
        assert [stop for stop in found if not (stop["drawn"] and stop["seen"])] == [], place
    context.close()


def test_on_a_phone_tab_goes_down_the_head_as_the_eye_does(browser: Browser, site: Stack):
    context = browser.new_context(base_url=site.url, viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/latest/")
    head = stops(page)[1:9]  # without the way past it
    assert [stop["name"].split()[0] for stop in head] == ["a", "input", *["a"] * 6]
    assert all(one["top"] <= other["top"] + 12 for one, other in pairwise(head)), head
    context.close()


def test_headings_and_links_of_articles_say_their_label_by_themselves(browser: Browser, site: Stack):
    site.run("index_search")
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    labels = ("Paid content: ", "Contributed content: ")
    for place, titles in {
        "/": ".card__title",
        "/latest/": ".card__title",
        "/search/?q=port": ".hit:has(.label) h3",
    }.items():
        page.goto(place)
        names = [" ".join(title.text_content().split()) for title in page.locator(titles).all()]
        assert len(names) > 2, place
        assert [name for name in names if not name.startswith(labels)] == [], place
    context.close()
