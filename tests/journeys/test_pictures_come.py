"""Does a page without its pictures stand as it will with them, and does it get them by itself?"""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from tests.journeys.stack import Stack, wait_for

ARTICLE = "partners/lanternbridge/two-legal-systems-one-table/"
PLACES = ("", "zh-hant/latest/", "zh-hans/partners/", "partners/tidewright-robotics/", ARTICLE, f"zh-hant/{ARTICLE}")
# Where everything that stands around and in a picture is, in whole pixels.
BOXES = """() => [...document.querySelectorAll(
  'main :is(h1, h2, h3, p, figure, .card, .logo, .hero, .card__picture), .frame, main picture img, .logo img')]
  .map(it => {
    const box = it.getBoundingClientRect();
    const name = it.matches('img, .frame') ? 'picture' : it.localName;
    return [name, ...[box.x, box.y, box.width, box.height].map(Math.round)];
  })"""


@contextmanager
def without_pictures(site: Stack) -> Iterator[None]:
    """Take away all renditions, and the worker that would make them."""
    site.stop("worker")
    site.execute("DELETE FROM wagtailimages_rendition")
    try:
        yield
    finally:
        site.start("worker")


def frames(site: Stack, place: str) -> int:
    """Return how many empty frames everybody is shown now."""
    with urllib.request.urlopen(f"{site.url}/{place}") as answer:
        return int(answer.read().decode().count('class="frame"'))


@pytest.fixture
def laid_out(browser: Browser, site: Stack):
    """Return a function that tells where everything is on a page."""
    context = browser.new_context(base_url=site.url, reduced_motion="reduce", color_scheme="light")
    page = context.new_page()

    def look(place: str, width: int) -> list[list[object]]:
        page.set_viewport_size({"width": width, "height": 20_000})
        page.goto(f"/{place}", wait_until="networkidle")
        return page.evaluate(BOXES)

    yield look
    context.close()


def test_nothing_moves_when_the_pictures_come_and_they_come_by_themselves(site: Stack, laid_out):
    widths = (320, 1280)
    wait_for(lambda: not any(frames(site, place) for place in PLACES), "the first pictures", 300)
    whole = {(place, width): laid_out(place, width) for place in PLACES for width in widths}
    assert all(any(box[0] == "picture" for box in boxes) for boxes in whole.values())
    with without_pictures(site):
        wait_for(lambda: all(frames(site, place) for place in PLACES), "pages without pictures")
        bare = {(place, width): laid_out(place, width) for place in PLACES for width in widths}
        assert not site.rows("SELECT 1 FROM wagtailimages_rendition"), "no reader has waited for one"
        orders = site.rows(
            "SELECT args->>'image_id', args->>'kind', count(*) FROM procrastinate_jobs"
            " WHERE task_name = 'partners.renditions.make' AND status = 'todo' GROUP BY 1, 2"
        )
        assert orders
        assert {count for _image, _kind, count in orders} == {1}
    for shown, boxes in whole.items():
        assert bare[shown] == boxes, shown
    # The worker is back, and nobody does anything else.
    wait_for(lambda: not any(frames(site, place) for place in PLACES), "the pictures", 300)
