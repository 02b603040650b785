"""What is the page cache worth, against a bare Django view that returns the same bytes from the same server?

Ratios of one run: absolute figures move with the machine. `wrk` asks where it is installed; without it a program of
ours does, which is slower than what it measures, so that the ratios come out lower than they are.
"""

import asyncio
import http.client
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from qianhai_site import serving
from qianhai_site.local import LocalError, configuration, credentials, places, ports, processes, runs, site
from tests.bench import floor, pages

CONNECTIONS, SECONDS = 16, 5
PUBLICATIONS, PROCESSES = 8, 4


@dataclass(frozen=True)
class Figures:
    """Answers a second, and the milliseconds of the middle and of the slow hundredth."""

    rate: float
    middle: float
    slow: float


@dataclass(frozen=True)
class Server:
    """A web server of the bench: where it listens."""

    port: int


class Bench:
    """Starts servers that differ in one thing each, and asks them for one article."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._data = places.data_dir()
        stack.enter_context(runs.only_one(self._data))
        self._known = credentials.load(self._data)
        self._mark = stack.enter_context(runs.marked(self._data, site="http://127.0.0.1"))
        self.database = os.environ.get("DATABASE_URL") or pages._database(stack)
        site.prepare_site(self.environment(ports.free()), self._known)
        self.path = "/"

    def environment(self, port: int, **more: str) -> dict[str, str]:
        """Return what a process of the site at `port` is told."""
        known = configuration.site_environment(
            settings=configuration.PRODUCTION,
            database_url=self.database,
            data=self._data,
            credentials=self._known,
            site_url=f"http://127.0.0.1:{port}",
            smtp_port=ports.free(),
        )
        return {**known, processes.MARK: self._mark, **more}

    def start(self, *, workers: int = site.WEB_WORKERS, application: str = "", **more: str) -> Server:
        """Start a web server of the site as `make run` does, or of another application; wait until it answers.

        Another application is called by granian itself, in as many of its threads.
        """
        where = site.Addresses("127.0.0.1", ports.free(), ports.free())
        command = site.web_command(where)
        command[command.index("--workers") + 1] = str(workers)
        if application:
            command[command.index("-m") + 1] = "granian"
            command[-1] = application
        web = processes.Child("web server", command, self.environment(where.port, **more))
        self._stack.callback(processes.end_all, [web], 5.0)
        web.start()
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if self.get(where.port, "/health/live"):
                    return Server(where.port)
            except OSError:
                time.sleep(0.1)
        raise LocalError("A server of the bench does not answer; its words are above.")

    def get(self, port: int, path: str) -> bytes:
        """Return the body of one answer."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def measure(self, server: Server, seconds: float = SECONDS) -> Figures:
        """Ask for the article for some seconds, after one that warms up."""
        url = f"http://127.0.0.1:{server.port}{self.path}"
        if not shutil.which("wrk"):
            return _measure_ourselves(server.port, self.path)
        for _ in range(2):
            said = subprocess.run(
                ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{max(int(seconds), 1)}", "--latency", url],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            if "Non-2xx" in said:
                raise LocalError(f"{url} does not answer 200.")
            if seconds == SECONDS:
                break
        found = re.search(r"Requests/sec:\s+([\d.]+)", said)
        return Figures(float(found[1]) if found else 0.0, _percentile(said, "50%"), _percentile(said, "99%"))

    def publish(self, count: int, pause: float, port: int | None = None) -> "subprocess.Popen[str]":
        """Start an editor who publishes the article so often."""
        command = [sys.executable, "-m", "tests.bench.editor", self.path, str(count), str(pause)]
        return subprocess.Popen(
            command + ([str(port)] if port else []),
            cwd=places.REPOSITORY,
            env=self.environment(ports.free()),
            stdout=subprocess.PIPE,
            text=True,
        )


def bench() -> int:
    """Print what was measured; return 0. Raises LocalError where the site runs already or a page does not answer."""
    with ExitStack() as stack:
        it = Bench(stack)
        warm = it.start()
        it.path = pages._first_link(
            r'href="(/partners/[^/"]+/[^/"]+/)"', it.get(warm.port, "/latest/").decode(), "article"
        )
        body = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "article.html"
        body.write_bytes(it.get(warm.port, it.path))
        bare = it.start(application="tests.bench.floor:application", **{floor.BODY: str(body)})
        usual = it.start(
            application="tests.bench.floor:application", **{floor.BODY: str(body), floor.MIDDLEWARE: "default"}
        )
        quickest = it.start(application="tests.bench.floor:dictionary", **{floor.BODY: str(body)})
        cold = it.start(PAGE_CACHE="false")
        print(f"{it.path}, {body.stat().st_size} bytes, asked by {'wrk' if shutil.which('wrk') else 'ourselves'}")
        print(f"{'':52}{'answers/s':>10}{'p50 ms':>9}{'p99 ms':>9}", flush=True)
        figures = {}
        for name, server in (
            ("bare Django view, no middleware (granian's WSGI)", bare),
            ("bare Django view, default middleware (same)", usual),
            ("the article, rendered each time (as deployed)", cold),
            ("the article, from memory (as deployed)", warm),
            ("a dictionary and nothing else (granian's WSGI)", quickest),
        ):
            it.measure(server, seconds=1)
            figures[name] = it.measure(server)
            _print(name, figures[name])
        editor = it.publish(SECONDS + 4, 1.0)
        time.sleep(3)  # until it has started: it goes on longer than the measuring
        edited = it.measure(warm)
        _print("the article, while an editor publishes every second", edited)
        editor.wait(60)
        rates = [one.rate for one in figures.values()]
        print(f"\nfrom memory / bare view without middleware            {rates[3] / rates[0]:8.2f}   goal 3 at least")
        print(f"from memory / a dictionary and nothing else          {rates[3] / rates[4]:8.2f}")
        print(f"rendered / bare view with default middleware        {rates[2] / rates[1]:9.3f}   goal 0.06 at least")
        print(
            f"p99 / p50 while an editor publishes                  {edited.slow / edited.middle:8.2f}   goal 5 at most"
        )
        many = it.start(workers=PROCESSES)
        seconds = [float(line) for line in it.publish(PUBLICATIONS, 0.0, many.port).communicate()[0].split()]
        print(
            f"published to fresh, {PROCESSES} processes, {len(seconds)} times: middle {statistics.median(seconds):.3f},"
            f" longest {max(seconds):.3f} s   goal below 1 s"
        )
    print(f"{CONNECTIONS} connections, {SECONDS} s each, {site.WEB_WORKERS} workers, {os.cpu_count()} processors.")
    print(f"granian's WSGI: {site.WEB_THREADS} of its threads call the application.")
    print(f"As deployed: as many answer from memory, and {serving.THREADS} of ours render.")
    return 0


def _print(name: str, figures: Figures) -> None:
    print(f"{name:52.52}{figures.rate:10.0f}{figures.middle:9.2f}{figures.slow:9.2f}", flush=True)


def _percentile(said: str, which: str) -> float:
    found = re.search(rf"{which}\s+([\d.]+)(us|ms|s)", said)
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]] if found else 0.0


def _measure_ourselves(port: int, path: str) -> Figures:
    found = asyncio.run(pages._measure(port, path))
    return Figures(found.rate, found.middle, found.slow)


if __name__ == "__main__":
    try:
        sys.exit(bench())
    except LocalError as error:
        sys.exit(str(error))
