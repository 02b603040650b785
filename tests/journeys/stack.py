"""The site as it runs: web server, worker and mail inbox as processes, on a database and in a folder of their own."""

import email
import email.policy
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from qianhai_site.local import ports
from tests.once import already_made, copy_database, made_once

ROOT = Path(__file__).resolve().parents[2]
ADMIN_PASSWORD = secrets.token_urlsafe(18)
QUICK_SETTINGS = "tests.journeys.settings"


def wait_for[T](question: Callable[[], T | None], what: str, seconds: float = 30) -> T:
    """Return the first true answer to `question`, asked again and again.

    Raises AssertionError, naming `what`, when there is none within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(0.05)  # the pause between two questions, not a guess at how long something takes
    raise AssertionError(f"{what} did not happen within {seconds:g} seconds")


class Stack:
    """Starts, stops and kills the site's processes by their ids; knows its addresses, its mail and its database."""

    def __init__(self, folder: Path, server_url: str = "", database: str = "") -> None:
        self.folder = folder
        self.inbox = folder / "inbox"
        self.inbox.mkdir(exist_ok=True)
        self.port, self.smtp_port, self.inbox_port = ports.free(), ports.free(), ports.free()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.database = database or f"journeys_{os.getpid()}_{secrets.token_hex(3)}"
        self.server_url = server_url or os.environ["DATABASE_URL"]
        self.database_url = urlunsplit(urlsplit(self.server_url)._replace(path=f"/{self.database}"))
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "qianhai_site.settings.production",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DATABASE_URL": self.database_url,
            "SITE_URL": self.url,
            "HTTPS_ONLY": "false",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "DATA_DIR": str(folder),
            "MAIL_HOST": "127.0.0.1",
            "MAIL_PORT": str(self.smtp_port),
            "MAIL_SECURITY": "none",
            # The browser of the journeys types faster than any person.
            "FORM_MIN_SECONDS": "0",
        }

    def run(self, *command: str, **environment: str) -> str:
        """Run a management command to its end and return what it printed."""
        return self._python("manage.py", *command, **environment)

    def _python(self, *command: str, **environment: str) -> str:
        result = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert result.returncode == 0, f"{command}: {result.stderr[-3000:]}"
        return result.stdout

    def command(self, name: str) -> list[str]:
        """Return what Python runs as 'web', 'worker' or 'inbox'."""
        return {
            "web": [
                "-m",
                "qianhai_site.serving",
                "--interface",
                "wsgi",
                "--host",
                "127.0.0.1",
                "--port",
                str(self.port),
            ]
            + ["--workers", "1", "--blocking-threads", "1", "--no-ws", "qianhai_site.wsgi:application"],
            "worker": ["manage.py", "run_worker"],
            "inbox": ["-m", "qianhai_site.local.inbox", "--smtp-port", str(self.smtp_port)]
            + ["--http-port", str(self.inbox_port), "--directory", str(self.inbox)],
        }[name]

    def start(self, name: str) -> None:
        """Start 'web', 'worker' or 'inbox' and, where it listens, wait until it does."""
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *self.command(name)], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        port = {"web": self.port, "inbox": self.smtp_port}.get(name)
        if port:
            # A start takes as long as the machine is busy.
            wait_for(lambda: self._listens(name, port), f"the {name} listening", 120)
        if name == "web":
            wait_for(self._answers, "the site answering", 60)

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End a process and wait for its end."""
        process = self.processes.pop(name)
        process.send_signal(how)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows that a query of the site's database gives."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[arg-type]

    def execute(self, statement: str, *values: Any) -> None:
        """Change the site's database, where a test cannot wait for the time that would."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(statement, values)  # type: ignore[arg-type]

    def mails_to(self, address: str) -> list[EmailMessage]:
        """Return the mails that arrived for `address`, oldest first."""
        files = sorted(self.inbox.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        mails = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
        return [mail for mail in mails if address in str(mail["To"])]  # type: ignore[misc]

    def wait_for_mail(self, address: str, count: int = 1, seconds: float = 60) -> EmailMessage:
        """Return the `count`th mail to `address`, waiting for it."""
        mails = wait_for(
            lambda: found if len(found := self.mails_to(address)) >= count else None,
            f"mail {count} to {address}",
            seconds,
        )
        return mails[count - 1]

    def prepare(self) -> None:
        """Make the database, its demo with all pictures, and its administrator; copies, where tests share the demo."""
        if demo := shared_demo():
            self.copy(demo)
        else:
            self.create_database()
        self.furnish(DJANGO_SUPERUSER_PASSWORD=ADMIN_PASSWORD)

    def create_database(self) -> None:
        """Make the database, empty."""
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.database)))

    def copy(self, demo: tuple[Path, str]) -> None:
        """Take over the files and the rows of another site."""
        folder, database = demo
        shutil.copytree(folder, self.folder, dirs_exist_ok=True)
        copy_database(database, self.database)

    def furnish(self, **environment: str) -> None:
        """Make what the database and the folder lack of the demo."""
        self._python("-m", "tests.journeys.furnish", **environment)

    def close(self) -> None:
        """End every process and drop the database."""
        for name in list(self.processes):
            self.stop(name)
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.database)))

    def _listens(self, name: str, port: int) -> bool:
        status = self.processes[name].poll()
        assert status is None, f"{name} ended with {status}: {(self.folder / f'{name}.log').read_text()[-2000:]}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False


def shared_demo() -> tuple[Path, str] | None:
    """Return the folder and the database of the demo that the tests of a run share; None outside of such a run."""
    return made_once("demo", _make_demo)


def _make_demo(folder: Path, database: str) -> None:
    site = Stack(folder, database=database)
    if tables := already_made("tables"):
        copy_database(tables, database)
    else:
        site.create_database()
    site.furnish(DJANGO_SETTINGS_MODULE=QUICK_SETTINGS)


@contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """Give a site that runs with its demo, and leave nothing of it behind."""
    stack = Stack(folder)
    stack.environment["DJANGO_SETTINGS_MODULE"] = QUICK_SETTINGS
    try:
        stack.prepare()
        for name in ("inbox", "web", "worker"):
            stack.start(name)
        yield stack
    finally:
        stack.close()
