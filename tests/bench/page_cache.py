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
from dataclasses import astuple, dataclass
from pathlib import Path

from qianhai_site import serving
from qianhai_site.local import LocalError, configuration, credentials, places, ports, processes, runs, site
from tests.bench import floor, pages

# Short rounds by turns, and many: what else the machine does changes within seconds, and one round of two servers
# differs from the next by a quarter.
CONNECTIONS, SECONDS, ROUNDS = 16, 1, 7
# Seconds, where slow answers are counted.
LONG = 4
# What every browser says, over a line that it trusts.
AS_BROWSERS_ASK, PLAIN = "gzip, deflate, br, zstd", "identity"
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
        # As where a worker has done its part. Quick where they are made.
        making = [sys.executable, "manage.py", "make_renditions"]
        subprocess.run(making, cwd=places.REPOSITORY, env=self.environment(ports.free()), check=True)
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

    def get(self, port: int, path: str, accepted: str = PLAIN) -> bytes:
        """Return the body of one answer, in an encoding that is `accepted`."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", path, headers={"Accept-Encoding": accepted})
            return connection.getresponse().read()
        finally:
            connection.close()

    def measure(
        self, server: Server, seconds: float = SECONDS, *, accepted: str = PLAIN, is_at_leisure: bool = False
    ) -> Figures:
        """Ask for the article for some seconds, in an encoding that is `accepted`; at leisure, each connection rests
        2 ms after an answer (`pause.lua`), so that processors are not what is waited for.
        """
        url = f"http://127.0.0.1:{server.port}{self.path}"
        if not shutil.which("wrk"):
            return _measure_ourselves(server.port, self.path)
        asked = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{max(int(seconds), 1)}", "-H", f"Accept-Encoding: {accepted}"]
        asked += ["-s", str(Path(__file__).with_name("pause.lua"))] if is_at_leisure else []
        said = subprocess.run([*asked, "--latency", url], capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in said:
            raise LocalError(f"{url} does not answer 200.")
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
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bodies = {accepted: folder / f"{number}" for number, accepted in enumerate((AS_BROWSERS_ASK, PLAIN))}
        for accepted, file in bodies.items():
            file.write_bytes(it.get(warm.port, it.path, accepted))
        small, plain = ({floor.BODY: str(file)} for file in bodies.values())
        bare = "tests.bench.floor:application"
        dictionary = it.start(application="tests.bench.floor:dictionary", **small)
        asked = {
            "bare": (it.start(application=bare, **small), AS_BROWSERS_ASK, "bare Django view, no middleware"),
            "dictionary": (dictionary, AS_BROWSERS_ASK, "a dictionary and nothing else"),
            "memory": (warm, AS_BROWSERS_ASK, "the article, from memory"),
            "bare, plain": (it.start(application=bare, **plain), PLAIN, "uncompressed: bare view, no middleware"),
            "memory, plain": (warm, PLAIN, "uncompressed: the article, from memory"),
            "usual": (
                it.start(application=bare, **plain, **{floor.MIDDLEWARE: "default"}),
                PLAIN,
                "default middleware",
            ),
            "rendered": (it.start(PAGE_CACHE="false"), PLAIN, "uncompressed: the article, rendered each time"),
        }
        sizes = ", ".join(f"{file.stat().st_size} bytes" for file in bodies.values())
        print(
            f"{it.path}, as browsers ask and uncompressed: {sizes}; by {'wrk' if shutil.which('wrk') else 'ourselves'}"
        )
        print(f"{'middle of so many rounds: ' + str(ROUNDS):52}{'answers/s':>10}{'p50 ms':>9}{'p99 ms':>9}", flush=True)
        found: dict[str, list[Figures]] = {name: [] for name in asked}
        for server, accepted, _label in asked.values():
            it.measure(server, accepted=accepted)
        for number in range(ROUNDS):
            for name, (server, accepted, _label) in list(asked.items())[:: -1 if number % 2 else 1]:
                found[name].append(it.measure(server, accepted=accepted))
        figures = {name: _middle(tries) for name, tries in found.items()}
        for name, (_server, _accepted, label) in asked.items():
            _print(label, figures[name])
        edited = {}
        for name in ("dictionary", "memory"):
            editor = it.publish(2 * LONG + 6, 1.0)
            time.sleep(3)  # until it has started: it goes on longer than the measuring
            # As in the rounds. Whoever asks first, seconds after a publication, waits for the page; `wrk` counts that
            # as all the answers that it could have had meanwhile.
            it.measure(asked[name][0], 1, accepted=AS_BROWSERS_ASK)
            for pace in ("", ", at leisure") if shutil.which("wrk") else ("",):
                one = it.measure(asked[name][0], LONG, accepted=AS_BROWSERS_ASK, is_at_leisure=bool(pace))
                edited[name + pace] = one
                _print(f"{asked[name][2]}, edited{pace}", one)
            editor.wait(60)

        def ratio(words: str, one: str, other: str, goal: str = "") -> None:
            by_round = [mine.rate / theirs.rate for mine, theirs in zip(found[one], found[other], strict=True)]
            _print_ratio(words, statistics.median(by_round), goal)

        print()
        ratio("from memory / bare view without middleware", "memory", "bare", "3 at least")
        ratio("a dictionary and nothing else / bare view", "dictionary", "bare")
        ratio("uncompressed: from memory / bare view", "memory, plain", "bare, plain")
        ratio("from memory / a dictionary and nothing else", "memory", "dictionary")
        ratio("rendered / bare view with default middleware", "rendered", "usual", "0.06 at least")
        for name, one in edited.items():
            goal = "5 at most" if name.startswith("memory") else ""
            _print_ratio(f"p99 / p50 while an editor publishes, {name}", one.slow / one.middle, goal)
        many = it.start(workers=PROCESSES)
        seconds = [float(line) for line in it.publish(PUBLICATIONS, 0.0, many.port).communicate()[0].split()]
        print(
            f"published to fresh, {PROCESSES} processes, {len(seconds)} times: middle {statistics.median(seconds):.3f},"
            f" longest {max(seconds):.3f} s   goal below 1 s"
        )
    print(f"{CONNECTIONS} connections, {SECONDS} s a round, {site.WEB_WORKERS} workers, {os.cpu_count()} processors.")
    print(f"granian's WSGI: {site.WEB_THREADS} of its threads call the application.")
    print(f"As deployed: as many answer from memory, and {serving.THREADS} of ours render.")
    return 0


def _print_ratio(words: str, ratio: float, goal: str) -> None:
    print(f"{words:52}{ratio:8.3f}{f'   goal {goal}' if goal else ''}")


def _middle(tries: list[Figures]) -> Figures:
    return Figures(*(statistics.median(column) for column in zip(*map(astuple, tries), strict=True)))


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
