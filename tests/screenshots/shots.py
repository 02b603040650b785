"""Which pages and states of them are looked at, and how is a picture of one taken?"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.journeys.stack import ROOT
from tests.screenshots.states import (
    CAMPAIGN_OVER,
    LOCKED,
    TAKEN_DOWN,
    WITHOUT_DATABASE,
    WITHOUT_PICTURES,
    WITHOUT_TABLE,
)

READER = ROOT / "docs" / "images" / "reader"
LARGEST = 300_000  # bytes, of all that the documentation shows
LANGUAGES = ("en", "zh-hant", "zh-hans")
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
SCHEMES = ("light", "dark")
TALLEST = 9000
QUALITY = 70
ARTICLE = "partners/lanternbridge/two-legal-systems-one-table/"


def as_it_comes(page: Page) -> None:
    """Leave the page as it is."""


def open_dialog(page: Page) -> None:
    """Press the offer of the brochure."""
    page.locator(".body a[data-brochure-opener]").first.click()
    expect(page.get_by_role("dialog").locator("[name=name]")).to_be_focused()


def send_nothing(page: Page) -> None:
    """Send the form without an answer, past the browser's own checks."""
    form = page.locator("[data-brochure-request] form").last
    form.evaluate("form => { form.noValidate = true }")
    form.locator("button[type=submit]").last.click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()


def send_everything(page: Page) -> None:
    """Send the form filled in, and be thanked."""
    form = page.locator("[data-brochure-request] form").last
    form.locator("[name=name]").fill("Reader")
    form.locator("[name=email]").fill(f"reader-{secrets.token_hex(4)}@example.com")
    form.locator("button[type=submit]").last.click()
    expect(page.locator("[data-thanks]")).to_be_visible()


def open_contents(page: Page) -> None:
    """Go to where the text begins, with the list of its parts open."""
    page.locator(".contents details").evaluate("details => { details.open = true }")
    page.locator(".article-grid").evaluate("grid => grid.scrollIntoView()")


def go_to_notes(page: Page) -> None:
    """Follow the last reference, and see the notes above and below as well."""
    page.locator("a[role=doc-noteref]").last.click()
    page.locator(".notes").evaluate("notes => notes.scrollIntoView({block: 'center'})")


def go_on(page: Page) -> None:
    """Let the list go on."""
    page.locator("a[data-more]").click()
    expect(page.locator(".card:focus-within")).to_be_visible()


@dataclass(frozen=True)
class Shot:
    """A page at `address` below its language's home, after `act`; the whole page, or the window alone.

    `state` is one of STATES that the site is brought into, '' for the usual one.
    """

    name: str
    address: str
    act: Callable[[Page], None] = as_it_comes
    is_whole: bool = True
    language: str = "en"
    size: str = "desktop"
    scheme: str = "light"
    languages: tuple[str, ...] = LANGUAGES
    state: str = ""


SHOTS = (
    Shot("home", ""),
    Shot("latest", "latest/"),
    Shot("latest-nothing", "latest/?kind=paid&year=1999"),
    Shot("latest-goes-on", "", go_on, languages=("en",)),
    Shot("partners", "partners/"),
    Shot("partner", "partners/tidewright-robotics/"),
    Shot("article", ARTICLE),
    Shot("article-contents", ARTICLE, open_contents, is_whole=False),
    Shot("article-notes", ARTICLE, go_to_notes, is_whole=False),
    Shot("dialog", ARTICLE, open_dialog, is_whole=False),
    Shot("form", "partners/lanternbridge/drafting-guide/"),
    Shot("form-errors", "partners/lanternbridge/drafting-guide/", send_nothing),
    Shot("form-thanks", "partners/lanternbridge/drafting-guide/", send_everything),
    Shot("search", "search/"),
    Shot("search-hits", "search/?q=port", languages=("en",)),
    Shot("search-hits", "search/?q=港口", languages=("zh-hant", "zh-hans")),
    Shot("search-nothing", "search/?q=zyxwvuts"),
    Shot("privacy", "privacy/"),
    Shot("accessibility", "accessibility/"),
    Shot("labels", "about-partner-content/"),
    Shot("not-found", "nowhere/"),
    Shot("link-gone", "/brochures/not-a-link/", languages=("en",)),
    Shot("gone", f"partners/tidewright-robotics/{TAKEN_DOWN}/", state=CAMPAIGN_OVER),
    Shot("log-in", "_util/login/?next=/privacy/"),
    Shot("password", "accessibility/", state=LOCKED),
    Shot("pictures-missing-home", "", state=WITHOUT_PICTURES),
    Shot("pictures-missing-article", ARTICLE, state=WITHOUT_PICTURES),
    Shot("pictures-missing-latest", "latest/", state=WITHOUT_PICTURES),
    # Addresses with a parameter that nobody knows, so that nothing answers from memory.
    Shot("broken", "privacy/?anew", state=WITHOUT_TABLE),
    Shot("away", "privacy/?anew", state=WITHOUT_DATABASE),
)
# What docs/design.md shows.
CHOSEN = frozenset(
    {
        "home-en-desktop-light",
        "article-contents-en-desktop-light",
        "article-notes-zh-hant-phone-dark",
        "dialog-zh-hans-phone-light",
        "search-hits-zh-hant-desktop-dark",
    }
)


def every_way(shots: Iterable[Shot]) -> list[Shot]:
    """Return each of `shots` in each of its languages, sizes of window and schemes, named for all of them."""
    return [
        replace(shot, name=f"{shot.name}-{language}-{size}-{scheme}", language=language, size=size, scheme=scheme)
        for shot in shots
        for language in shot.languages
        for size in SIZES
        for scheme in SCHEMES
    ]


def take(chrome: Browser, url: str, shot: Shot, folder: Path) -> Path:
    """Take `shot` of the site at `url`; return the file, a PNG in `folder`."""
    width, height = SIZES[shot.size]
    context = chrome.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    home = "/" if shot.language == "en" else f"/{shot.language}/"
    page.goto(shot.address if shot.address.startswith("/") else f"{home}{shot.address}", wait_until="networkidle")
    shot.act(page)
    if shot.is_whole:
        # Pictures that are fetched late come when the window reaches them.
        tall = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
        page.set_viewport_size({"width": width, "height": max(height, tall)})
    page.wait_for_load_state("networkidle")
    file = folder / f"{shot.name}.png"
    page.screenshot(path=file)
    context.close()
    return file


def file_of(name: str) -> Path:
    """Return where the documentation keeps the picture of this name."""
    return READER / f"{name}.webp"


def choose(file: Path, shot: Shot) -> None:
    """Keep the top of a picture, as high as its window, small, for the documentation."""
    READER.mkdir(parents=True, exist_ok=True)
    with Image.open(file) as image:
        image.crop((0, 0, image.width, SIZES[shot.size][1])).convert("RGB").save(
            file_of(shot.name), "WEBP", quality=QUALITY, method=6
        )
