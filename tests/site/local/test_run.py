"""The whole life of the local run: up, refused twice, killed, up again with its rows, ended without a trace."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import requests

from qianhai_site.local import places, ports, processes


def wait_for(condition: Callable[[], bool], seconds: float, what: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.1)


class Site:
    """The local run on a folder and a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = next(port for port in iter(ports.free, None) if port % 2 == 0)
        self.folder = folder
        self.log = folder / "log"
        self.process: subprocess.Popen[bytes] | None = None
        left_out = {"DATABASE_URL", "TMPDIR", processes.MARK, *("SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS")}
        kept = {name: value for name, value in os.environ.items() if name not in left_out}
        hurried = os.pathsep.join([str(Path(__file__).with_name("hurried")), str(places.REPOSITORY)])
        self.environment = {**kept, "DATA_DIR": str(folder / "var"), "LOG_LEVEL": "INFO", "PYTHONPATH": hurried}
        self.command = [sys.executable, "-m", "qianhai_site.local"]

    def start(self, seconds: float) -> float:
        """Start it and wait until it says that it is up; return how long that took in seconds."""
        began = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*self.command, "run", f"--port={self.port}"],
                cwd=places.REPOSITORY,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(lambda: "Up after" in self.words() or self.ended(), seconds, self.words)
        assert not self.ended(), self.words()
        return time.monotonic() - began

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *arguments], cwd=places.REPOSITORY, env=self.environment, capture_output=True, text=True
        )

    def words(self) -> str:
        return self.log.read_text(errors="replace")

    def found(self, pattern: str) -> str:
        match = re.search(pattern, self.words())
        assert match is not None, self.words()
        return match[1]

    def database(self) -> str:
        return self.found(r"Database\s+(postgresql://\S+)")

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def end(self, how: signal.Signals, seconds: float = 40) -> int:
        """Send a signal to the whole group, as a terminal does; return the run's exit code."""
        assert self.process is not None
        os.killpg(self.process.pid, how)
        return self.process.wait(seconds)

    def processes(self) -> list[str]:
        """Return every living process of this run, the database's included."""
        found = []
        for process in psutil.process_iter():
            try:
                line = " ".join(process.cmdline())
                ours = process.environ().get("DATA_DIR") == self.environment["DATA_DIR"]
            except psutil.Error:
                continue
            if ours or (self.database_folder() in line and "postgres" in line):
                found.append(f"{process.pid} {line}")
        return found

    def database_folder(self) -> str:
        return str(places.database_home(self.folder / "var"))

    def answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/", timeout=20).status_code == 200
        except requests.RequestException:
            return False


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    (tmp_path / "var").mkdir()
    yield made
    if not made.ended():
        made.end(signal.SIGKILL)
    wait_for(lambda: made.processes() == [], 30, lambda: str(made.processes()))
    database = Path(made.database_folder())
    cleaned = made.call("clean")
    assert cleaned.returncode == 0, cleaned.stderr
    assert not (tmp_path / "var").exists()
    assert not database.exists()


def log_in(site: Site, password: str) -> str:
    """Log in to the admin; return the address that the browser is sent to."""
    address = f"http://127.0.0.1:{site.port}/admin/login/"
    with requests.Session() as browser:
        form = browser.get(address, timeout=30).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token is not None
        answer = browser.post(
            address,
            {"csrfmiddlewaretoken": token[1], "username": "admin", "password": password, "next": "/admin/"},
            headers={"Referer": address},
            allow_redirects=False,
            timeout=30,
        )
        return answer.headers.get("Location", "")


@pytest.mark.fault
@pytest.mark.timeout(600)
def test_it_lives_is_killed_and_lives_again(site: Site) -> None:
    site.start(400)
    password = site.found(r"user admin, password (\S+)")
    assert site.answers()
    assert log_in(site, "wrong") == ""
    assert log_in(site, password) == "/admin/"
    assert requests.get(site.found(r"Inbox\s+(http://\S+)"), timeout=20).status_code == 200
    with psycopg.connect(site.database()) as connection:
        connection.execute("CREATE TABLE kept (word text)")

    again = site.call("run", f"--port={site.port + 1}")
    assert again.returncode == 1
    assert again.stderr.count("\n") == 1
    assert f"already runs at http://127.0.0.1:{site.port}" in again.stderr
    asked = site.call("manage", "shell", "--no-imports", "-c", "print('rows are reached')")
    assert "rows are reached" in asked.stdout, asked.stderr

    assert site.end(signal.SIGKILL) == -signal.SIGKILL
    # Started at once, while what the group left may still be ending.
    seconds = site.start(120)
    print(f"Up again {seconds:.1f} s after kill -9 of the group.")
    assert site.found(r"user admin, password (\S+)") == password
    with psycopg.connect(site.database()) as connection:
        assert connection.execute("SELECT to_regclass('kept')::text").fetchone() == ("kept",)
    assert log_in(site, password) == "/admin/"

    assert site.process is not None
    children = psutil.Process(site.process.pid).children()
    next(child for child in children if "qianhai_site.serving" in child.cmdline()).kill()
    wait_for(lambda: "The web server has ended (SIGKILL)" in site.words(), 30, site.words)
    wait_for(site.answers, 60, site.words)

    assert site.end(signal.SIGINT) == 0
    assert site.words().rstrip().endswith("Stopped.")
    assert site.processes() == []
    ports.claim("127.0.0.1", site.port, purpose="the site", remedy="none")
