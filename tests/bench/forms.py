"""The real site with its worker, a mail server in any state, and readers who send its form; beside it, bare views.

On a copy of the demo's database. The limits on letters are raised by their settings, since all readers come from one
address. Every form that was taken is looked for in the database.
"""

import asyncio
import itertools
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from qianhai_site.local import LocalError, places, ports, processes
from tests.bench import floor, page_cache, pages
from tests.bench.mail_states import MailStates
from tests.faults.visitor import Visitor
from tests.faults.waiting import wait_until

CONNECTIONS = 16
NAME = "bench_form_posts"
# Beside the states of the mail server: a worker that does nothing, for whoever measured forms without mail.
HELD = "held"
# Its readers are quick, come from one network, and are many.
LIMITS = {
    "FORM_MIN_SECONDS": "0",
    "FORM_NETWORK_PER_HOUR": "1000000",
    "FORM_MAILS_PER_HOUR": "1000000",
    # What fails on purpose is no news.
    "LOG_LEVEL": "ERROR",
}
# What a round has left: whoever comes next finds the tables as the first one did. In the order in which the worker
# locks them, which goes on.
LEFT = "partners_adminmail, partners_submission, partners_outgoingmessage, partners_allowance"


@dataclass(frozen=True)
class Round:
    """One round in one state: forms a second, and the milliseconds of each."""

    rate: float
    times: list[float]


class Posts:
    """Starts the site and its worker on a database of the bench's own, and sends its form."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.bench = page_cache.Bench(stack)
        self._numbers = itertools.count(1)
        # What waits for a worker, such as share images of a new demo, would be done beside what is measured: for every
        # bench again, since its copy goes. Jobs alone; letters of the local run are its own business.
        jobs = [sys.executable, "manage.py", "procrastinate", "worker", "--one-shot", "--delete-jobs", "successful"]
        subprocess.run(jobs, cwd=places.REPOSITORY, env=self.bench.environment(ports.free()), check=True)
        self._url = _copied(stack, self.bench.database)
        self._connection = stack.enter_context(psycopg.connect(self._url, autocommit=True))
        self.smtp_port = ports.free()
        self.mail = stack.enter_context(MailStates(self.smtp_port))
        self.mail.become("healthy")
        more = {"DATABASE_URL": self._url, "MAIL_PORT": str(self.smtp_port), **LIMITS}
        self._say_to_ourselves(more)
        self.site = self.bench.start(**more)
        self._worker = processes.Child(
            "worker", [sys.executable, "manage.py", "run_worker"], self.bench.environment(self.site.port, **more)
        )
        stack.callback(processes.end_all, [self._worker], 10.0)
        self._worker.start()
        self._execute(f"CREATE TABLE {NAME} (id bigserial PRIMARY KEY, email text NOT NULL)")
        self.bare = self.bench.start(
            application="tests.bench.floor:inserting", DATABASE_URL=self._url, **{floor.TABLE: NAME}
        )
        body = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "page.html"
        body.write_bytes(self.bench.get(self.site.port, "/latest/"))
        self._bare_page = self.bench.start(
            application="tests.bench.floor:application", **{floor.BODY: str(body), floor.MIDDLEWARE: "default"}
        )
        self.bench.path = "/page/"
        latest = self.bench.get(self.site.port, "/latest/").decode()
        article = pages._first_link(r'href="(/partners/[^/"]+/[^/"]+/)"', latest, "article")
        found = re.search(
            r'href="(/partners/[^"]+)"[^>]*data-brochure-opener', self.bench.get(self.site.port, article).decode()
        )
        if found is None:
            raise LocalError("No form is linked: load the demo with make seed.")
        # As a reader of the article opens it: with the article's number.
        self.form = unescape(found[1])
        self.durable = " and ".join(f"{name} {self._ask(f'SHOW {name}')}" for name in ("fsync", "synchronous_commit"))

    def round(self, state: str, count: int) -> Round:
        """Send `count` forms while the mail server is in `state`, or the worker is HELD.

        Every one must be in the database afterwards.
        """
        # What the round before has left is no part of this one's work.
        self.mail.become("healthy")
        self._execute(f"TRUNCATE {LEFT} CASCADE")
        self._wait_for_a_letter()
        if state == HELD:
            self._signal_worker(signal.SIGSTOP)
        else:
            self.mail.become(state)
        before = self._ask("SELECT count(*) FROM partners_submission")
        try:
            seconds, times = asyncio.run(_send(self.site.port, list(self._forms(count))))
        finally:
            self._signal_worker(signal.SIGCONT)
        kept = self._ask(
            "SELECT count(DISTINCT s.id) FROM partners_submission s JOIN partners_brochuremessage b"
            " ON b.submission_id = s.id WHERE s.quarantined_at IS NULL"
        )
        if kept - before != count:
            raise LocalError(f"{count} forms were taken, and {kept - before} are in the database with a letter.")
        if state == HELD:
            # It goes on with what it was kept from: the next round empties the tables under nobody's hands.
            wait_until(lambda: self.sent() > count, 60, "the letters leave")
        return Round(count / seconds, times)

    def bare_round(self, count: int) -> Round:
        """Have the bare view keep `count` rows."""
        self._execute(f"TRUNCATE {NAME}")
        seconds, times = asyncio.run(_send(self.bare.port, list(self._forms(count, self.bare.port))))
        if (kept := self._ask(f"SELECT count(*) FROM {NAME}")) != count:
            raise LocalError(f"{count} rows were sent, and {kept} are in the database.")
        return Round(count / seconds, times)

    def bare_answers(self) -> float:
        """Return how many pages a second a bare Django view with default middleware answers with."""
        return self.bench.measure(self._bare_page, seconds=2).rate

    def sent(self) -> int:
        """Return how many letters have left since the round began."""
        return int(self._ask("SELECT count(*) FROM partners_outgoingmessage WHERE state = 'sent'"))

    def _forms(self, count: int, port: int = 0) -> Iterator[bytes]:
        """Yield forms, each from its own reader with a key of its own, as a browser sends them."""
        from partners.brochures.form_key import new_key

        first = Visitor(self.site.port, self.form, "first@example.com")
        first.open_form()
        first.leave()
        for number in itertools.islice(self._numbers, count):
            reader = Visitor(self.site.port, self.form, f"reader-{number}@example.com")
            fields = {**first.fields, "key": new_key(), "email": reader.email, "name": name_of(number)}
            body = urlencode(fields).encode()
            head = [
                f"POST {self.form.partition('?')[0]} HTTP/1.1",
                f"Host: 127.0.0.1:{port or self.site.port}",
                f"Cookie: {first.cookie}",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
            yield "\r\n".join([*head, "", ""]).encode() + body

    def _signal_worker(self, number: signal.Signals) -> None:
        assert self._worker.process is not None
        self._worker.process.send_signal(number)

    def _wait_for_a_letter(self) -> None:
        """Send a form and wait until its letter has left: the worker is well, and rests."""
        asyncio.run(_send(self.site.port, list(self._forms(1))))
        wait_until(lambda: self.sent() > 0, 60, "a letter leaves")

    def _say_to_ourselves(self, environment: dict[str, str]) -> None:
        """Be set up as the site is, to make the keys of its forms."""
        import django

        os.environ.update(self.bench.environment(ports.free(), **environment))
        django.setup()
        # Else the site that is started next would be told that it stands at our address: ours wins over its own.
        del os.environ["SITE_URL"]

    def _execute(self, statement: str) -> None:
        self._connection.execute(statement)  # type: ignore[arg-type]

    def _ask(self, question: str) -> Any:
        row = self._connection.execute(question).fetchone()  # type: ignore[arg-type]
        assert row is not None
        return row[0]


def name_of(number: int) -> str:
    """Return a name of one's own: the same words from many mailboxes look like a robot's."""
    return "Reader " + "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _copied(stack: ExitStack, url: str) -> str:
    """Make a copy of the database at `url` beside it, for as long as the bench lasts; return its address."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME))
    parts = urlsplit(url)
    administrator = stack.enter_context(psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True))
    stack.callback(administrator.execute, drop)
    administrator.execute(drop)
    template = sql.Identifier(parts.path.lstrip("/"))
    administrator.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(NAME), template))
    return urlunsplit(parts._replace(path=f"/{NAME}"))


async def _send(port: int, forms: list[bytes]) -> tuple[float, list[float]]:
    """Send `forms` over CONNECTIONS lines; return how many seconds they took, and each one's milliseconds."""
    waiting, times = iter(forms), list[float]()

    async def one_line() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for form in waiting:
                began = time.monotonic()
                writer.write(form)
                head = await reader.readuntil(b"\r\n\r\n")
                await pages._body(reader, head.lower())
                if not head.startswith(b"HTTP/1.1 303"):
                    raise LocalError(f"A form was not taken: {head.split(b'\r\n', 1)[0].decode()}.")
                times.append(1000 * (time.monotonic() - began))
        finally:
            writer.close()

    began = time.monotonic()
    await asyncio.gather(*(one_line() for _ in range(CONNECTIONS)))
    return time.monotonic() - began, times
