"""How does every page look? `python -m tests.screenshots [WORD…]` takes those with a WORD in their name, or all.

Every page and state, in three languages, on a phone and a desktop, by day and by night: for eyes, not for a machine to
compare. They go into var/screenshots with a page that shows them; the few that docs/design.md shows, into
docs/images/reader. The server of DATABASE_URL is used, in a database of its own, else one that is thrown away.
"""

import os
import sys
import tempfile
from contextlib import ExitStack, nullcontext
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from qianhai_site.local import browser, postgres
from tests.journeys.conftest import CHROMIUM_FLAGS
from tests.journeys.stack import ROOT, Stack
from tests.screenshots.shots import CHOSEN, SHOTS, Shot, choose, every_way, take
from tests.screenshots.states import STATES

FOLDER = ROOT / "var" / "screenshots"


def main(words: list[str]) -> None:
    """Take what is asked for, and write the page that shows it."""
    wanted = [shot for shot in every_way(SHOTS) if not words or any(word in shot.name for word in words)]
    chromium = browser.find()
    with ExitStack() as stack:
        server = os.environ.get("DATABASE_URL") or stack.enter_context(postgres.throw_away_cluster()).url
        site = Stack(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qianhai-screenshots-"))), server)
        site.environment |= {"LOG_LEVEL": "CRITICAL"}
        stack.callback(site.close)
        site.prepare()
        site.run("index_search")
        site.start("web")
        with sync_playwright() as playwright:
            chrome = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
            take_all(chrome, site, wanted)
            chrome.close()
    index = FOLDER / "index.html"
    index.write_text(page_of(sorted(file.name for file in FOLDER.glob("*.png"))), encoding="utf-8")
    print(f"{len(wanted)} taken; look at {index.relative_to(ROOT)}")


def take_all(chrome: Browser, site: Stack, wanted: list[Shot]) -> None:
    """Take `wanted` of the site, state by state, and keep those that the documentation shows."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for state in ("", *STATES):
        with STATES[state](site) if state else nullcontext():
            for shot in wanted:
                if shot.state != state:
                    continue
                file = take(chrome, site.url, shot, FOLDER)
                if shot.name in CHOSEN:
                    choose(file, shot)


def page_of(names: list[str]) -> str:
    """Return a page that shows the files of these names beside one another."""
    figures = "".join(
        f'<figure><a href="{escape(name)}"><img src="{escape(name)}" alt="" width="280" loading="lazy"></a>'
        f"<figcaption>{escape(name.removesuffix('.png'))}</figcaption></figure>"
        for name in names
    )
    style = "body{display:flex;flex-wrap:wrap;font:13px sans-serif}figure{margin:8px;width:280px}"
    return f"<!doctype html><meta charset=utf-8><title>Screenshots</title><style>{style}</style>{figures}"


if __name__ == "__main__":
    main(sys.argv[1:])
