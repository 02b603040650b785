"""When does a page appear on a slow phone, beside a bare page of as many bytes from the same server?

`python -m tests.bench.slow_phone`: a processor four times as slow as this one, and the slow 4G of Lighthouse in two
ways. 'open line' is its round trip of 150 ms for each request; 'new line' the 562.5 ms and nine tenths of the speed
that Lighthouse's method `devtools` makes of it, as if each request opened a line. Nothing is kept from load to load.
The bare page is the page's own HTML without styles, scripts and pictures, filled up to the same length. The server of
DATABASE_URL is used, in a database of its own, else one that is thrown away.
"""

import gzip
import os
import re
import statistics
import tempfile
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from qianhai_site.local import browser, postgres
from tests.journeys.conftest import CHROMIUM_FLAGS
from tests.journeys.stack import Stack

LOADS = 5
SLOWER = 4
# Lighthouse's phone.
PHONE = {"viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75, "is_mobile": True, "has_touch": True}
KILOBITS, ROUND_TRIP = 1638.4, 150
LINES = {"open line": (ROUND_TRIP, KILOBITS), "new line": (ROUND_TRIP * 3.75, KILOBITS * 0.9)}
PAGES = {"home": "/", "article": "/partners/lanternbridge/two-legal-systems-one-table/", "listing": "/latest/"}
FETCHES = re.compile(r"<(script|picture|style)\b.*?</\1>|<(?:link|img|source)\b[^>]*>", re.DOTALL)
# What is painted first, what is the largest and when, and how much has moved (https://web.dev/articles/vitals).
PAINTS = """() => new Promise(done => {
  let largest = null, moved = 0;
  const watch = (type, seen) => new PerformanceObserver(list => list.getEntries().forEach(seen))
    .observe({type, buffered: true});
  watch("largest-contentful-paint", entry => { largest = entry; });
  watch("layout-shift", entry => { moved += entry.value; });
  requestAnimationFrame(() => setTimeout(() => done({
    first: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    largest: largest.startTime,
    moved,
    what: `${largest.element?.localName ?? ""} ${largest.url.split("/").pop()}`.trim(),
  }), 0));
})"""


@dataclass(frozen=True)
class Paints:
    """The milliseconds of the middle load until something and until the largest was there, what moved, what it is."""

    first: float
    largest: float
    moved: float
    what: str


def main() -> None:
    """Load each page and its bare one in turn on both lines, and print the middles."""
    chromium = browser.find()
    with ExitStack() as stack:
        server = os.environ.get("DATABASE_URL") or stack.enter_context(postgres.throw_away_cluster()).url
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qianhai-slow-phone-")))
        site = Stack(folder, server)
        site.environment |= {"LOG_LEVEL": "CRITICAL"}
        stack.callback(site.close)
        site.prepare()
        site.start("web")
        for name, address in PAGES.items():
            bare = bare_page(urllib.request.urlopen(site.url + address).read())
            (folder / "static" / f"bare-{name}.html").write_bytes(bare)
            (folder / "static" / f"bare-{name}.html.gz").write_bytes(gzip.compress(bare))
        # It knows the files of its start.
        site.stop("web")
        site.start("web")
        print(f"{'':24}{'FCP ms':>8}{'of bare':>9}{'LCP ms':>8}{'of bare':>9}{'CLS':>7}  largest", flush=True)
        with sync_playwright() as playwright:
            chrome = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
            for line in LINES:
                for name, address in PAGES.items():
                    page, bare = both(chrome, site.url, line, (address, f"/static/bare-{name}.html"))
                    print(
                        f"{name + ', ' + line:24}{page.first:8.0f}{page.first / bare.first:9.2f}"
                        f"{page.largest:8.0f}{page.largest / bare.largest:9.2f}{page.moved:7.3f}  {page.what}",
                        flush=True,
                    )
            chrome.close()
    print(f"Middle of {LOADS} loads. Goals: FCP below 1,000 ms, LCP below 1,500 ms, CLS 0.")


def bare_page(page: bytes) -> bytes:
    """Return `page` without what it fetches and what styles it, as long as it was."""
    text = FETCHES.sub("", page.decode())
    head, end, rest = text.partition("</body>")
    missing = len(page) - len(text.encode()) - len("<!---->")
    return f"{head}<!--{'.' * max(missing, 0)}-->{end}{rest}".encode()


def both(chrome: Browser, url: str, line: str, addresses: tuple[str, str]) -> list[Paints]:
    """Load two pages by turns, so that what else the machine does hits both; return the middles."""
    loads: tuple[list[Paints], list[Paints]] = ([], [])
    for _ in range(LOADS):
        for seen, address in zip(loads, addresses, strict=True):
            seen.append(load(chrome, url + address, line))
    return [
        Paints(
            statistics.median(one.first for one in seen),
            statistics.median(one.largest for one in seen),
            max(one.moved for one in seen),
            seen[-1].what,
        )
        for seen in loads
    ]


def load(chrome: Browser, url: str, line: str) -> Paints:
    """Load a page as a phone that has never seen it."""
    context = chrome.new_context(**PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    session = context.new_cdp_session(page)
    latency, kilobits = LINES[line]
    bytes_a_second = kilobits * 1024 / 8
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": latency,
            "downloadThroughput": bytes_a_second,
            "uploadThroughput": bytes_a_second,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url, wait_until="networkidle")
    paints = Paints(**page.evaluate(PAINTS))
    context.close()
    return paints


if __name__ == "__main__":
    main()
