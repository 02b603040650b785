"""The real worker, killed, cut off and robbed of its queue: the mail comes all the same."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.delivery.message import OutgoingMessage, State
from partners.delivery.queue import queue_message
from qianhai_site.local.ports import free as free_port
from tests.faults import letters
from tests.faults.committed import empty_queue
from tests.faults.mail_server import FallSilent, running_mail_server
from tests.faults.waiting import wait_until
from tests.faults.worker import running_worker

pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("committed"), pytest.mark.timeout(60)]


def queue(number: int = 1) -> list[OutgoingMessage]:
    """Queue messages to as many readers."""
    messages = [OutgoingMessage(kind=letters.KIND, to=f"reader-{index}@example.com") for index in range(number)]
    for message in messages:
        with transaction.atomic():
            queue_message(message)
    return messages


def all_are(state: State) -> Callable[[], bool]:
    """Return the question whether every message is in `state`."""
    return lambda: not OutgoingMessage.objects.exclude(state=state).exists()


def test_killed_in_mid_send(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`kill -9` while the mail server has the message and has not answered; another worker is there."""
    port = free_port()
    with (
        running_mail_server(port) as server,
        running_worker(tmp_path / "first.log", port) as first,
    ):
        server.do_next(FallSilent("DATA"))
        [message] = queue()
        server.wait_until(lambda it: it.reached.get("DATA") == 1, 20)
        with running_worker(tmp_path / "second.log", port):
            first.kill()
            killed_at = time.monotonic()
            [received] = server.wait_for(1, 40)
            took = time.monotonic() - killed_at
            wait_until(all_are(State.SENT), 5, "recorded")
    assert received.message["Message-ID"] == message.message_id
    assert list(message.attempts.values_list("number", "outcome")) == [(1, "abandoned"), (2, "accepted")]
    assert took < 25, "a lease of 15 s, and a sweep every 5 s"
    with capsys.disabled():
        print(f"\n  worker killed -9 in mid-send: the mail came {took:.1f} s later")


def test_mail_server_down_then_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    with running_worker(tmp_path / "worker.log", port) as worker:
        messages = queue(3)
        wait_until(
            lambda: OutgoingMessage.objects.filter(attempts__outcome="unreachable").distinct().count() == 3,
            20,
            "every message was tried",
        )
        assert all_are(State.QUEUED)()
        with running_mail_server(port) as server:
            back_at = time.monotonic()
            received = server.wait_for(3, 30)
            took = time.monotonic() - back_at
            wait_until(all_are(State.SENT), 5, "recorded")
        assert worker.process.poll() is None
        assert "@example.com" not in worker.said()
    assert {it.message["Message-ID"] for it in received} == {message.message_id for message in messages}
    with capsys.disabled():
        print(f"\n  mail server back after the first failure: 3 messages came {took:.1f} s later")


def queue_and_empty() -> bool:
    """Queue messages and empty the queue in one transaction; say whether that was done.

    In a deadlock with what the worker does just then, the server chooses who gives way.
    """
    try:
        with transaction.atomic():
            queue(20)
            empty_queue()
    except OperationalError as error:
        if "deadlock" in str(error):
            return False
        raise
    return True


def test_queue_emptied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every table of the queue is emptied under a running worker, its own registration included."""
    port = free_port()
    with running_mail_server(port) as server, running_worker(tmp_path / "worker.log", port) as worker:
        wait_until(lambda: "starts with" in worker.said(), 20, "the worker runs")
        wait_until(queue_and_empty, 20, "the queue is emptied")
        emptied_at = time.monotonic()
        received = server.wait_for(20, 30)
        took = time.monotonic() - emptied_at
        wait_until(all_are(State.SENT), 5, "recorded")
    assert len({it.message["Message-ID"] for it in received}) == len(received) == 20
    with capsys.disabled():
        print(f"\n  queue tables emptied: 20 messages came within {took:.1f} s")


def test_every_connection_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The database ends all connections of the worker, as a restart does: the worker goes on by itself."""
    port = free_port()
    with running_mail_server(port) as server, running_worker(tmp_path / "worker.log", port) as worker:
        queue()
        server.wait_for(1, 20)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] >= 2
        cut_at = time.monotonic()
        queue()
        server.wait_for(2, 30)
        took = time.monotonic() - cut_at
        wait_until(all_are(State.SENT), 5, "recorded")
        assert worker.process.poll() is None
        queue()
        server.wait_for(3, 30)
    with capsys.disabled():
        print(f"\n  all database connections cut: the next message came {took:.1f} s later")


def test_asked_to_stop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SIGTERM while a mail server is silent: the worker gives the message back, and another sends it at once."""
    port = free_port()
    with (
        running_mail_server(port) as server,
        running_worker(tmp_path / "first.log", port, DELIVERY_STOP_SECONDS="1") as first,
    ):
        server.do_next(FallSilent("DATA"))
        [message] = queue()
        server.wait_until(lambda it: it.reached.get("DATA") == 1, 20)
        asked_at = time.monotonic()
        assert first.stop(20) == 0
        stopped = time.monotonic() - asked_at
        message.refresh_from_db()
        assert message.state == State.QUEUED
        with running_worker(tmp_path / "second.log", port):
            server.wait_for(1, 20)
            wait_until(all_are(State.SENT), 5, "recorded")
            wait_until(lambda: not ProcrastinateJob.objects.filter(status="doing").exists(), 5, "every job ended")
    with capsys.disabled():
        print(f"\n  SIGTERM with a silent mail server: stopped after {stopped:.1f} s, the mail went to the next worker")
