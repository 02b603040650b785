"""The real site with one form, served as `make run` serves it, on a database of the test's own."""

import collections
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from pathlib import Path

import psutil
from django.db import connection

from qianhai_site.local.site import Addresses, web_command
from tests.faults.database import copy_tables
from tests.faults.visitor import Visitor
from tests.faults.waiting import wait_until
from tests.faults.worker import database_url
from tests.journeys.stack import ROOT, Stack, shared_demo
from tests.once import copy_database

LONG = os.environ.get("FAULTS") == "long"


class Site(Stack):
    """Web server, worker and mail inbox as processes that a test starts, kills and starts again by name."""

    def __init__(
        self, folder: Path, server_url: str = "", *, web_workers: int = 2, web_module: str = "", **environment: str
    ) -> None:
        super().__init__(folder, server_url)
        self.web_workers, self.web_module = web_workers, web_module
        self.form = ""
        self.environment |= {
            # Live but for speed, so that no static file has to be collected first.
            "DJANGO_SETTINGS_MODULE": "qianhai_site.settings.test",
            "TEST_DATA_DIR": str(folder),
            # Its readers are quick, come from one network, and are many.
            "FORM_MIN_SECONDS": "0",
            "FORM_NETWORK_PER_HOUR": "1000000",
            "FORM_MAILBOX_PER_DAY": "1000000",
            "FORM_MAILBOX_ALL_PER_DAY": "1000000",
            "FORM_MAILS_PER_HOUR": "1000000",
            **environment,
        }

    def command(self, name: str) -> list[str]:
        """Return what Python runs as 'web', 'worker' or 'inbox'."""
        if name != "web":
            return super().command(name)
        command = web_command(Addresses("127.0.0.1", self.port, self.smtp_port))[1:]
        command[command.index("--workers") + 1] = str(self.web_workers)
        if self.web_module:
            command[command.index("-m") + 1] = self.web_module
        return command

    def prepare(self) -> None:
        """Make the database, a copy of the tests' own, and the form."""
        if self.server_url == os.environ["DATABASE_URL"]:
            copy_database(connection.settings_dict["NAME"], self.database)
        else:
            self.create_database()
            copy_tables(database_url(), self.database_url)
        self.furnish_form()

    def furnish_form(self, *steps: str) -> None:
        """Make the form, and after it what `steps` name."""
        made = subprocess.run(
            [sys.executable, "-m", "tests.faults.furnish", *steps],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert made.returncode == 0, made.stderr[-3000:]
        self.form = made.stdout.split()[-1]

    def visitor(self, name: object) -> Visitor:
        """Return a reader whose address is named after `name`."""
        return Visitor(self.port, self.form, f"{name}@example.com")

    def web_processes(self) -> list[psutil.Process]:
        """Return the processes of the web server that answer; the one that started them is not among them."""
        children = psutil.Process(self.processes["web"].pid).children()
        return [child for child in children if serves(child)]

    def kill(self, name: str) -> None:
        """End a process at once, with all that it has started."""
        process = self.processes.pop(name)
        family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        for member in family:
            with contextlib.suppress(psutil.Error):
                member.kill()
        process.kill()
        process.wait(10)
        psutil.wait_procs(family, 10)

    def said(self) -> str:
        """Return what web server and worker have logged."""
        return "".join((self.folder / f"{name}.log").read_text() for name in ("web", "worker"))

    def mails(self) -> collections.Counter[str]:
        """Return how often each Message-ID has arrived."""
        heads = (BytesHeaderParser().parsebytes(file.read_bytes()) for file in self.inbox.glob("*.eml"))
        return collections.Counter(str(head["Message-ID"]) for head in heads)

    def wait_until_all_sent(self, seconds: float) -> float:
        """Wait until no message is open; return how long that took."""
        return wait_until(
            lambda: self.rows("SELECT 1 FROM partners_outgoingmessage WHERE state <> 'sent' LIMIT 1") == [],
            seconds,
            "every message is sent",
        )

    def message_ids(self) -> dict[str, list[str]]:
        """Return the Message-IDs of the messages that answer each address's committed requests."""
        found: dict[str, list[str]] = collections.defaultdict(list)
        rows = self.rows(
            "SELECT s.email, o.message_id FROM partners_submission s"
            " LEFT JOIN partners_brochuremessage b ON b.submission_id = s.id"
            " LEFT JOIN partners_outgoingmessage o ON o.id = b.outgoingmessage_ptr_id"
        )
        for address, message_id in rows:
            found[address].append(message_id)
        return found

    def close(self) -> None:
        """End every process and drop the database."""
        for name in list(self.processes):
            self.kill(name)
        super().close()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, AssertionError):
            visitor = self.visitor("nobody")
            visitor.open_form()
            visitor.leave()
            return True
        return False


@contextlib.contextmanager
def running_site(
    folder: Path,
    *names: str,
    server_url: str = "",
    demo: bool = False,
    web_workers: int = 2,
    web_module: str = "",
    **environment: str,
) -> Iterator[Site]:
    """Give a site with the processes of `names`, on a copy of the tests' database; leave nothing of it behind.

    It is on the server that `server_url` names, else on the tests'. With `demo`, the demo is there, all its pictures
    made, and the static files are collected. `web_module` is run in the place of the site's own web server.
    """
    site = Site(folder, server_url, web_workers=web_workers, web_module=web_module, **environment)
    # A database that somebody uses cannot be copied.
    connection.close()
    try:
        if demo:
            ready = shared_demo()
            assert ready, "outside of a run of the tests there is none"
            site.copy(ready)
            site.furnish_form("pictures")
        else:
            site.prepare()
        for name in names:
            site.start(name)
        yield site
    finally:
        site.close()


def serves(process: psutil.Process) -> bool:
    """Tell whether a child of the web server is one that answers, and is not dead and unburied."""
    with contextlib.suppress(psutil.NoSuchProcess):
        # Python's own helper of a process that starts others is among its children, too.
        return process.status() != psutil.STATUS_ZOMBIE and "resource_tracker" not in " ".join(process.cmdline())
    return False
