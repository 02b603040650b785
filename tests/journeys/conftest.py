"""What every journey has: the running site and a real browser."""

import os
import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.journeys.stack import Stack, running_stack

# A machine that runs everything at once is slow, and a step that takes long is no failure.
expect.set_options(timeout=20_000)

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
            # The first of them waits for a database, a demo and three processes as well.
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running site with its demo."""
    with running_stack(tmp_path_factory.mktemp("site")) as stack:
        yield stack


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; none to be found is a failure, never a skip."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        # Without a path, Playwright's own browser is used; it says how to install it when it is not there.
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser, site: Stack) -> Iterator[BrowserContext]:
    """A visitor of their own: no cookies, no history."""
    made = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
    made.set_default_timeout(30_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab whose console must stay free of errors and of anything that the content policy refused."""
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(f"{tab.url}: {error}"))
    tab.on("console", lambda line: complaints.append(f"{tab.url}: {line.text}") if line.type == "error" else None)
    tab.complaints = complaints  # type: ignore[attr-defined]
    yield tab
    unexpected = [line for line in complaints if not any(re.search(known, line) for known in ALLOWED_COMPLAINTS)]
    assert unexpected == []


# What Chromium calls a failure to load: a refused form, a link that has run out, a network that a test has cut, and the
# editor's attempt to save by itself what is not filled in yet. On a slow machine a page may be painted before its style
# is there, or before the transition to it begins, and Chromium gives that up.
ALLOWED_COMPLAINTS = (
    "status of 422",
    r"/brochures/\S+: .*status of 404",
    "net::ERR_",
    r"/admin/pages/\S*(?:add|edit)\S*: .*status of 400",
    r"Transition was aborted because of invalid state\. (?:ViewTransition opt-in disabled|Page already revealed)",
)
