"""How quickly are the demo's pages rendered? A look, not a proof: the asking takes its part of the same processors."""

import asyncio
import http.client
import os
import re
import statistics
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from qianhai_site.local import (
    LocalError,
    configuration,
    credentials,
    places,
    ports,
    postgres,
    processes,
    runs,
    site,
)

CONNECTIONS = 16
WARM_UP, MEASURED = 1.0, 2.0  # seconds a page


@dataclass(frozen=True)
class Figures:
    """What one page's measurement came to: answers a second, milliseconds of the middle and the slow hundredth."""

    path: str
    rate: float
    middle: float
    slow: float
    size: int


def bench() -> int:
    """Start the site without its worker, ask for each kind of page for some seconds, print a table; return 0.

    Raises LocalError where the site runs already, or a page does not answer 200.
    """
    data = places.data_dir()
    where = site.Addresses("127.0.0.1", ports.free(), ports.free())
    with ExitStack() as stack:
        stack.enter_context(runs.only_one(data))
        mark = stack.enter_context(runs.marked(data, site=where.site))
        known = credentials.load(data)
        environment = configuration.site_environment(
            settings=configuration.PRODUCTION,
            database_url=os.environ.get("DATABASE_URL") or _database(stack),
            data=data,
            credentials=known,
            site_url=where.site,
            smtp_port=where.smtp_port,
        ) | {processes.MARK: mark, "PAGE_CACHE": "false"}
        site.prepare_site(environment, known)
        web = processes.Child("web server", site.web_command(where), environment)
        stack.callback(processes.end_all, [web], site.PATIENCE)
        web.start()
        answers = threading.Event()
        threading.Thread(target=site.wait_for_site, args=(where, answers), daemon=True).start()
        if not answers.wait(60):
            raise LocalError("The site does not answer; its words are above.")
        print(f"{'':38}{'answers/s':>10}{'of floor':>9}{'p50 ms':>9}{'p99 ms':>9}{'bytes':>9}")
        floor = 0.0
        for name, path in _pages(where.port):
            figures = asyncio.run(_measure(where.port, path))
            # The first page is the one without a database or a template: what the others are measured against.
            floor = floor or figures.rate
            label = f"{name} {path}"
            print(
                f"{label:38.38}{figures.rate:10.0f}{figures.rate / floor:9.4f}"
                f"{figures.middle:9.1f}{figures.slow:9.1f}{figures.size:9}",
                flush=True,
            )
    print(f"{CONNECTIONS} connections, {MEASURED:g} s a page, {site.WEB_WORKERS} workers, {os.cpu_count()} processors.")
    return 0


def _database(stack: ExitStack) -> str:
    cluster = postgres.Cluster(places.database_home(places.data_dir()))
    stack.callback(cluster.stop)
    cluster.start()
    return cluster.url


def _pages(port: int) -> list[tuple[str, str]]:
    """Return a name and a path for each kind of page; article and form are found by following links."""
    listing = _page(port, "/latest/")
    article = _first_link(r'href="(/partners/[^/"]+/[^/"]+/)"', listing, "article")
    pages = [("floor", "/health/live"), ("home", "/"), ("latest", "/latest/"), ("article", article)]
    form = re.search(r'href="(/partners/[^"?]+)[^>]*data-brochure-opener', _page(port, article))
    return [*pages, ("form", form[1])] if form else pages


def _page(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def _first_link(pattern: str, page: str, what: str) -> str:
    found = re.search(pattern, page)
    if found is None:
        raise LocalError(f"No {what} is listed: load the demo with make seed.")
    return found[1]


async def _measure(port: int, path: str) -> Figures:
    """Ask for `path` over keep-alive connections, first to warm up, then with the clock running."""
    await _ask(port, path, WARM_UP)
    began = time.monotonic()
    times, size = await _ask(port, path, MEASURED)
    seconds = time.monotonic() - began
    hundredths = statistics.quantiles(times, n=100) if len(times) > 1 else times * 99
    return Figures(path, len(times) / seconds, hundredths[49] * 1000, hundredths[98] * 1000, size)


async def _ask(port: int, path: str, seconds: float) -> tuple[list[float], int]:
    """Return each answer's time in seconds, and the size of one."""
    times: list[float] = []
    end = time.monotonic() + seconds
    sizes = await asyncio.gather(
        *(_one_connection(port, path, lambda: time.monotonic() < end, times.append) for _ in range(CONNECTIONS))
    )
    return times, max(sizes)


async def _one_connection(port: int, path: str, goes_on: Callable[[], bool], note: Callable[[float], None]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    size = 0
    try:
        while goes_on():
            began = time.monotonic()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise LocalError(f"{path} answers {head.split(b'\r\n', 1)[0].decode()}.")
            size = await _body(reader, head.lower())
            note(time.monotonic() - began)
    finally:
        writer.close()
    return size


async def _body(reader: asyncio.StreamReader, head: bytes) -> int:
    length = re.search(rb"content-length: (\d+)", head)
    if length:
        return len(await reader.readexactly(int(length[1])))
    size = 0
    while chunk := int(await reader.readline(), 16):
        size += len((await reader.readexactly(chunk + 2))[:-2])
    await reader.readline()
    return size


if __name__ == "__main__":
    try:
        sys.exit(bench())
    except LocalError as error:
        sys.exit(str(error))
