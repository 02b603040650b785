"""What do tests, checks and single management commands need around them: a database, a browser, an environment?"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from . import browser, configuration, credentials, places, postgres, runs, side_by_side, webserver

CORES = min(os.cpu_count() or 1, 4)
TEMPLATES = ("qianhai_site/templates",)
# What takes longest first. Each is one line of a continuous run's log.
CHECKS = (
    ("types", ["-m", "mypy"]),
    # Which also leaves the tests compiled, with their assertions rewritten, for the processes that run them.
    ("tests are found", ["-m", "pytest", "--collect-only", "-qq"]),
    ("ruff check", ["-m", "ruff", "check", "."]),
    ("ruff format", ["-m", "ruff", "format", "--check", "."]),
    ("imports", [str(Path(sys.executable).with_name("lint-imports"))]),
    ("templates", ["-m", "djlint", "--quiet", "--check", "--lint", *TEMPLATES]),
    ("Django", ["manage.py", "check", "--fail-level", "WARNING"]),
    ("Django, as deployed", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
    ("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
)

JOURNEYS = "tests/journeys"
# The files with tests whose result is a time.
MEASURED = (
    *("tests/faults/test_throughput.py", "tests/faults/test_web_outage.py", "tests/partners/delivery/test_pump.py"),
    "tests/partners/brochures/test_link.py",
)
# The tests of a file share its rows, or a site, so one process takes them all; files begin in the order of
# tests/conftest.py. What waits for clocks, browsers and other processes leaves the processor to the rest, so there are
# more processes than cores: two of the first part, of which few start others, and one of journeys, which have a browser
# and a site each; one more of either takes longer. What measures is alone.
BY_FILE = ["--dist", "loadfile", "--no-loadscope-reorder"]
PARTS = (
    ["-n", str(CORES + 2), *BY_FILE, "-m", "not measured", f"--ignore={JOURNEYS}"],
    ["-n", str(CORES + 1), *BY_FILE, "-m", "not measured", JOURNEYS],
    ["-m", "measured", *MEASURED],
)

# What a production server is told, for the check of its settings.
DEPLOYED = {
    "DJANGO_SETTINGS_MODULE": configuration.PRODUCTION,
    "ALLOWED_HOSTS": "www.qianhai.example",
    "SITE_URL": "https://www.qianhai.example",
    "MAIL_SECURITY": "starttls",
}


def test(arguments: list[str]) -> int:
    """Run pytest with `arguments` on a database and with a browser; return its exit code.

    Without arguments, every test runs, in three parts; the code of the first part that failed is returned.
    The database is DATABASE_URL's server, else one that is thrown away afterwards.
    """
    programs = {"CHROMIUM": browser.find(), "NGINX_PROGRAM": webserver.find()}
    with _any_database() as url, TemporaryDirectory(prefix="qianhai-tests-") as files:
        environment = configuration.test_environment(database_url=url) | programs | {"TMPDIR": files}
        if "DATABASE_URL" not in os.environ:
            # What the parts make for one another goes with the server (tests/once.py).
            environment["TESTS_SHARED"] = str(Path(files) / "qianhai-shared")
        codes = [_call(["-m", "pytest", *part], environment) for part in ([arguments] if arguments else PARTS)]
        return next((code for code in codes if code), 0)


def check() -> int:
    """Run every check, as many at a time as there are cores, also after one that fails; return 1 where one did.

    Prints which, and what those said.
    """
    failed: list[str] = []
    with _any_database() as url, TemporaryDirectory(prefix="qianhai-checks-") as files:
        environment = configuration.test_environment(database_url=url)
        environment |= {"TEST_DATA_DIR": files, "DATA_DIR": files, "SECRET_KEY": secrets.token_urlsafe(64)}
        environment |= {"DJANGO_SETTINGS_MODULE": "qianhai_site.settings.test"}

        def tell(number: int, code: int, output: str) -> None:
            name, _command = CHECKS[number]
            print(f"== {name}", flush=True)
            if code:
                failed.append(name)
                print(output, flush=True)

        programs = [
            side_by_side.Program([sys.executable, *command], environment | (DEPLOYED if "--deploy" in command else {}))
            for _name, command in CHECKS
        ]
        side_by_side.run(programs, CORES, tell)
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.", flush=True)
    return 1 if failed else 0


def manage(arguments: list[str]) -> int:
    """Run manage.py with `arguments` on the local run's rows, whether the site runs now or not."""
    data = places.data_dir()
    known = credentials.load(data)
    running = runs.last(data)
    with _local_database(data, str(running.get("database", ""))) as url:
        environment = configuration.site_environment(
            settings=configuration.PRODUCTION,
            database_url=url,
            data=data,
            credentials=known,
            site_url=str(running.get("site", "http://127.0.0.1:8000")),
            smtp_port=int(running.get("smtp_port", 1025)),
        )
        return _call(["manage.py", *arguments], environment)


def clean() -> int:
    """Delete the local run's rows, files and secrets. Raises LocalError while the site runs."""
    data = places.data_dir()
    with runs.only_one(data), ExitStack() as stack:
        home = places.database_home(data)
        cluster = postgres.Cluster(home)
        if home.exists():
            stack.callback(cluster.stop)
            cluster.claim()
            shutil.rmtree(home)
            print(f"Deleted {home}", flush=True)
        shutil.rmtree(data)
        print(f"Deleted {data}", flush=True)
    return 0


@contextmanager
def _any_database() -> Iterator[str]:
    """Give the URL of DATABASE_URL's server, else of one that is thrown away."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with postgres.throw_away_cluster() as cluster:
        yield cluster.url


@contextmanager
def _local_database(data: Path, running: str) -> Iterator[str]:
    """Give the URL of the local run's database, started if it does not run."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    cluster = postgres.Cluster(places.database_home(data))
    try:
        cluster.start()
    except postgres.InUseError:
        if not running:
            raise
        yield running
        return
    try:
        yield cluster.url
    finally:
        cluster.stop()


def _call(arguments: list[str], environment: dict[str, str]) -> int:
    """Run Python with `arguments` in the repository; return its exit code. Ctrl-C reaches it and is waited for."""
    process = subprocess.Popen([sys.executable, *arguments], cwd=places.REPOSITORY, env=environment)
    before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
    finally:
        signal.signal(signal.SIGTERM, before)
