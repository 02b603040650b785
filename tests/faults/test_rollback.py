"""No mail for what was rolled back, however it was; and no loss where the queue's tables are emptied."""

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction

from partners.delivery.message import OutgoingMessage, State
from partners.delivery.queue import queue_message
from qianhai_site.local.ports import free as free_port
from tests.faults import letters
from tests.faults.committed import empty_queue
from tests.faults.mail_server import MailServer, running_mail_server
from tests.faults.site import LONG, Site, running_site
from tests.faults.waiting import wait_until
from tests.faults.worker import database_url, running_worker

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1800 if LONG else 300)]

REFUSED = 200 if LONG else 10
# Half of the usual, in seconds; the bound moves with it.
SWEEP = 2.5
EMPTIED, QUEUED = (20, 1000) if LONG else (3, 60)
# What the way of a message through worker and mail server takes, on a busy machine, beside the wait for the sweep.
CARRYING_SECONDS = 2.0
SLOWEST_A_SECOND = 20


class RolledBackError(Exception):
    """Raised where the transaction is to end."""


def fail() -> None:
    """End the transaction by an error of the site's own."""
    raise RolledBackError


def fail_at_commit() -> None:
    """Let the database refuse at COMMIT, after every statement has gone well."""
    with connection.cursor() as cursor:
        # Django's foreign keys are checked at the end of the transaction.
        cursor.execute("INSERT INTO auth_user_groups (user_id, group_id) VALUES (-1, -1)")


def lose_the_line() -> None:
    """Let the database end the connection, as it does when it is stopped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    with psycopg.connect(database_url(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@contextlib.contextmanager
def worker_and_mail_server(folder: Path, **environment: str) -> Iterator[MailServer]:
    """Run a worker that is ready, and the mail server it speaks to."""
    port = free_port()
    with running_mail_server(port) as server, running_worker(folder / "worker.log", port, **environment) as worker:
        wait_until(lambda: "starts with" in worker.said(), 20, "the worker runs")
        yield server
        assert worker.process.poll() is None


@pytest.mark.usefixtures("committed")
def test_transaction_rolled_back_while_workers_look(tmp_path: Path) -> None:
    """Messages are written, and a whole sweep passes by, before each of the transactions fails."""
    ends = (fail, fail_at_commit, lose_the_line)
    with worker_and_mail_server(tmp_path, DELIVERY_SWEEP_SECONDS="1") as server:
        for end in ends:
            with pytest.raises((RolledBackError, DatabaseError)):
                queue_and(end, server)
            close_old_connections()
            assert not OutgoingMessage.objects.filter(to="nobody@example.com").exists()
        wait_for_sweep(server, "last@example.com")
        wait_until(lambda: not OutgoingMessage.objects.open().exists(), 5, "recorded")
    recipients = {mail.recipient for mail in server.received}
    assert "nobody@example.com" not in recipients
    assert len(server.received) == len(recipients) == 2 * len(ends) + 1


@transaction.atomic
def queue_and(end: Callable[[], None], server: MailServer) -> None:
    """Queue a message, let sweeps pass by, and end the transaction badly."""
    queue_message(OutgoingMessage(kind=letters.KIND, to="nobody@example.com"))
    # Without a notification of its own the first one is found by a sweep alone. The second one shows that a sweep has
    # begun after the message above was written.
    wait_for_sweep(server, f"first-{end.__name__}@example.com")
    wait_for_sweep(server, f"second-{end.__name__}@example.com")
    end()


def wait_for_sweep(server: MailServer, address: str) -> None:
    """Store a message that nothing wakes a worker for, and wait until it was found and sent."""

    def store() -> None:
        OutgoingMessage.objects.create(kind=letters.KIND, to=address)
        connection.close()

    # From a thread, whose connection knows nothing of the transaction that is open in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(store).result()
    server.wait_until(lambda it: address in {mail.recipient for mail in it.received}, 20)


@pytest.mark.usefixtures("django_db_setup")
def test_forms_that_fail_at_commit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every second form is refused by the database at COMMIT, after submission, link and message were written."""
    with running_site(tmp_path, "inbox", "web", "worker") as site:
        refuse_at_commit(site, "refused-")
        for number in range(REFUSED):
            for name, status in (("refused", 503), ("taken", 303)):
                visitor = site.visitor(f"{name}-{number}")
                visitor.open_form()
                answer = visitor.send()
                visitor.leave()
                assert answer is not None
                assert answer.status == status
        site.wait_until_all_sent(30)
        stored, mails = site.message_ids(), site.mails()
        [(messages,)] = site.rows("SELECT count(*) FROM partners_outgoingmessage")
    assert stored.keys() == {f"taken-{number}@example.com" for number in range(REFUSED)}
    assert mails == {message_id: 1 for [message_id] in stored.values()}
    assert messages == REFUSED
    with capsys.disabled():
        print(f"\n  {REFUSED} forms rolled back at COMMIT among as many that were not: {mails.total()} mails")


def refuse_at_commit(site: Site, beginning: str) -> None:
    """Let the site's database refuse to commit messages to addresses that begin so."""
    with psycopg.connect(site.database_url, autocommit=True) as database:
        database.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$"
        )
        database.execute(
            "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON partners_outgoingmessage DEFERRABLE INITIALLY DEFERRED"
            f""" FOR EACH ROW WHEN (NEW."to" LIKE '{beginning}%') EXECUTE FUNCTION refuse()"""
        )


@pytest.mark.usefixtures("committed")
def test_queue_emptied_costs_one_sweep(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At any moment between two sweeps, and in the middle of a backlog: one sweep later all is on its way."""
    delays = []
    with worker_and_mail_server(tmp_path, DELIVERY_SWEEP_SECONDS=str(SWEEP)) as server:
        for number in range(EMPTIED):
            with transaction.atomic():
                queue_message(OutgoingMessage(kind=letters.KIND, to=f"alone-{number}@example.com"))
                empty_queue()
            emptied_at = time.monotonic()
            server.wait_for(number + 1, 20)
            delays.append(time.monotonic() - emptied_at)
        with transaction.atomic():
            for number in range(QUEUED):
                queue_message(OutgoingMessage(kind=letters.KIND, to=f"reader-{number}@example.com"))
        server.wait_for(EMPTIED + QUEUED // 10, 20)
        empty_queue()
        emptied_at = time.monotonic()
        waited = OutgoingMessage.objects.filter(state=State.QUEUED).count()
        received = server.wait_for(EMPTIED + QUEUED, 60)
        backlog = time.monotonic() - emptied_at
        wait_until(lambda: not OutgoingMessage.objects.open().exists(), 5, "recorded")
    assert waited > 0, "the backlog was gone before its queue was"
    assert len({mail.message["Message-ID"] for mail in received}) == len(received) == EMPTIED + QUEUED
    assert max(delays) < SWEEP + CARRYING_SECONDS
    assert backlog < SWEEP + CARRYING_SECONDS + waited / SLOWEST_A_SECOND
    with capsys.disabled():
        print(
            f"\n  queue emptied {EMPTIED} times under one message: it came {max(delays):.1f} s later at most; under "
            f"a backlog of {waited}: all came within {backlog:.1f} s (a sweep comes every {SWEEP:g} s)"
        )
