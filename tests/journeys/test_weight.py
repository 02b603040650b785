"""How much comes over the wire for an article, from where, and does anything move when it has come?"""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from tests.journeys.stack import Stack
from tests.journeys.test_visitor_gets_brochure import open_article

MOST_BYTES, MOST_REQUESTS = 30_000, 4
# What moves without being asked (https://web.dev/articles/cls): 0.1 is called good, nothing is what we want.
SHIFTS = """() => new Promise(done => {
  let moved = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => { moved += entry.value; }))
    .observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => setTimeout(() => done(moved), 0));
})"""


@dataclass
class Wire:
    """What the browser's network has seen: bytes with headers as they came, compressed, by request."""

    kinds: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)

    def watch(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self.respond)
        session.on("Network.loadingFinished", self.finish)

    def respond(self, event: dict) -> None:
        # The site's icon is a picture too, whatever the browser takes it for.
        is_image = event["response"]["mimeType"].startswith("image/")
        self.kinds[event["requestId"]] = "Image" if is_image else event["type"]
        self.addresses[event["requestId"]] = event["response"]["url"]

    def finish(self, event: dict) -> None:
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    def without_images(self) -> dict[str, float]:
        return {
            self.addresses[key]: size
            for key, size in self.sizes.items()
            if self.kinds.get(key) not in {None, "Image", "Ping"}
        }


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_an_article_is_light_and_stays_where_it_is(
    page: Page, site: Stack, language: str, capsys: pytest.CaptureFixture[str]
):
    wire = Wire()
    wire.watch(page)
    open_article(page, site, language)
    page.wait_for_load_state("networkidle")
    page.locator("footer").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    came = wire.without_images()
    with capsys.disabled():
        print(
            f"\n  an article without its images: {sum(came.values()):,.0f} bytes in {len(came)} requests ({language})"
        )
    assert sum(came.values()) <= MOST_BYTES, came
    assert len(came) <= MOST_REQUESTS, came
    assert {address.split("/")[2] for address in wire.addresses.values()} == {site.url.split("/")[2]}
    assert page.context.cookies() == []
    assert page.evaluate("document.fonts.size") == 0, "no font comes over the wire"
    assert page.evaluate(SHIFTS) == 0


@pytest.mark.parametrize(("width", "density"), [(390, 3), (1280, 1)])
def test_the_hero_comes_as_wide_as_it_is_shown(browser, site: Stack, width: int, density: int):
    context = browser.new_context(
        base_url=site.url, viewport={"width": width, "height": 800}, device_scale_factor=density
    )
    page = context.new_page()
    open_article(page, site)
    hero = page.locator("main picture img").first
    hero.evaluate("image => image.decode()")
    shown = hero.evaluate("image => image.getBoundingClientRect().width") * density
    address = hero.evaluate("image => image.currentSrc")
    assert address.endswith((".avif", ".webp"))
    assert hero.get_attribute("width")
    assert hero.get_attribute("height")
    [(real_width,)] = site.rows(
        "SELECT width FROM wagtailimages_rendition WHERE file = %s", address.split("/media/", 1)[1]
    )
    assert shown * 0.8 <= real_width <= shown * 2.2, (address, shown)
    context.close()
