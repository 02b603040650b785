"""Which pages does the handbook show, and how do they become small pictures?"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.journeys.admin import log_in
from tests.journeys.stack import ROOT

FOLDER = ROOT / "docs" / "images" / "handbook"
LARGEST = 1_500_000  # bytes, of all together
WIDTH, PHONE = 1200, 390
SHORTEST, TALLEST = 480, 1500
QUALITY = 72
ADMIN = "admin"
VIEWER = "quay-partner"
# The admin's pages scroll within themselves, so the window is made as tall as what they hold.
_HEIGHT = "Math.max(...[...document.querySelectorAll('main, #main, .content-wrapper')].map(e => e.scrollHeight))"


class NotTaken(Exception):  # noqa: N818  named for what happened
    """Some pictures could not be taken: their pages have changed."""


def nothing(page: Page) -> None:
    """Leave the page as it comes."""


def look_for_a_person(page: Page) -> None:
    """Ask what is known of an address."""
    page.get_by_role("main").get_by_role("textbox").first.fill("ada.marlowe@example.com")
    page.get_by_role("main").locator("form").get_by_role("button").first.click()
    expect(page.get_by_role("main")).to_contain_text("ada.marlowe@example.com")


def open_filters(page: Page) -> None:
    """Show by what the list can be narrowed."""
    filters = page.locator("#filters-drilldown")
    filters.get_by_role("button").first.click()
    expect(filters.get_by_role("button", name="Language")).to_be_visible()


@dataclass(frozen=True)
class Picture:
    """A page at `address`, which may name the ids of `demo.fill`, after `act`; as tall as it is, up to `tallest`."""

    name: str
    address: str
    act: Callable[[Page], None] = nothing
    user: str = ADMIN
    width: int = WIDTH
    tallest: int = TALLEST


PICTURES = (
    Picture("list", "/admin/brochure-requests/", tallest=900),
    Picture("list-filters", "/admin/brochure-requests/", open_filters, tallest=800),
    Picture("list-phone", "/admin/brochure-requests/", width=PHONE, tallest=844),
    Picture("request", "/admin/brochure-requests/{ada}/", tallest=2200),
    Picture("held", "/admin/brochure-requests/{held}/", tallest=700),
    Picture("resend", "/admin/brochure-requests/{failed}/resend/"),
    Picture("export", "/admin/brochure-requests/export/"),
    Picture("exports", "/admin/brochure-requests/exports/"),
    Picture("person", "/admin/person/", look_for_a_person),
    Picture("erase", "/admin/brochure-requests/{ada}/erase/"),
    Picture("forgetting", "/admin/forgetting/"),
    Picture("access", "/admin/access/", tallest=900),
    Picture("partner", "/admin/partner-requests/", user=VIEWER, tallest=800),
    Picture("webhook", "/admin/handover/webhooks/{webhook}/", tallest=1000),
    Picture("panel", "/admin/", tallest=900),
    Picture("figures", "/admin/figures/", tallest=2200),
    Picture("mail", "/admin/mail/", tallest=1200),
    Picture("letters", "/admin/snippets/partners/lettertext/"),
)


def take(browser: Browser, url: str, passwords: dict[str, str], ids: dict[str, int]) -> int:
    """Take every picture into FOLDER, and remove those that are no longer taken; return the bytes of all.

    Raises NotTaken, naming them, where pages are not as they were.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    failed = []
    for user in (ADMIN, VIEWER):
        context = browser.new_context(base_url=url, locale="en-GB", color_scheme="light", reduced_motion="reduce")
        page = context.new_page()
        log_in(page, user, passwords[user])
        for picture in PICTURES:
            if picture.user != user:
                continue
            try:
                _take_one(page, picture, ids)
            except (AssertionError, PlaywrightError) as error:
                # The others are taken all the same: a page that has changed is told of, once and for all.
                failed.append(picture.name)
                print(f"{picture.name}: {error}", flush=True)
        context.close()
    if failed:
        raise NotTaken(f"Not taken: {', '.join(failed)}.")
    taken = {file_of(picture) for picture in PICTURES}
    for old in set(FOLDER.glob("*.webp")) - taken:
        old.unlink()
    return sum(file.stat().st_size for file in taken)


def file_of(picture: Picture) -> Path:
    """Return where a picture lies."""
    return FOLDER / f"{picture.name}.webp"


def _take_one(page: Page, picture: Picture, ids: dict[str, int]) -> None:
    page.set_viewport_size({"width": picture.width, "height": SHORTEST})
    answer = page.goto(picture.address.format(**ids))
    assert answer is not None, picture.name
    assert answer.status == 200, f"{picture.name}: {answer.status}"
    page.wait_for_load_state("networkidle")
    picture.act(page)
    page.wait_for_load_state("networkidle")
    height = min(max(int(page.evaluate(_HEIGHT)), SHORTEST), picture.tallest)
    page.set_viewport_size({"width": picture.width, "height": height})
    shot = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    shot.convert("RGB").save(file_of(picture), "WEBP", quality=QUALITY, method=6)
    print(f"{picture.name:16}{shot.width:>6} x {shot.height}  {file_of(picture).stat().st_size:>8,} bytes", flush=True)
