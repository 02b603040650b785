"""A worker that slept through its lease, a letter that cannot be built, replies of each kind, clocks an hour off."""

import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F

from partners.delivery.message import OutgoingMessage, State
from qianhai_site.local.ports import free as free_port
from tests.faults import letters
from tests.faults.length import LONG, choose
from tests.faults.mail_server import Hold, Say, running_mail_server
from tests.faults.rows import all_sent, let_time_pass, queue
from tests.faults.waiting import wait_until
from tests.faults.worker import REPOSITORY, running_worker

pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("committed"), pytest.mark.timeout(600 if LONG else 120)]

LEASE = 3
TIMES = {"DELIVERY_LEASE_SECONDS": str(LEASE), "DELIVERY_SWEEP_SECONDS": "1"}
OTHERS = 20


@pytest.mark.parametrize("at", choose(["DATA"], ["RCPT", "DATA"]))
def test_stopped_beyond_its_lease(at: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SIGSTOP while the mail server is slow to answer; SIGCONT when another worker has the message in its hands."""
    port = free_port()
    late, in_time = threading.Event(), threading.Event()
    with (
        running_mail_server(port) as server,
        running_worker(tmp_path / "first.log", port, **TIMES) as first,
    ):
        server.do_next(Hold(at, late), Hold("DATA", in_time))
        [message] = queue("reader")
        server.wait_until(lambda it: it.reached.get(at) == 1, 40)
        first.process.send_signal(signal.SIGSTOP)
        stopped_at = time.monotonic()
        with running_worker(tmp_path / "second.log", port, **TIMES):
            server.wait_until(lambda it: it.reached.get("DATA") == 1 + (at == "DATA"), 40)
            held = written(message)
            late.set()
            if at == "DATA":
                server.wait_for(1, 20)  # The server has taken the message from a worker that does not know.
            first.process.send_signal(signal.SIGCONT)
            stopped = time.monotonic() - stopped_at
            wait_until(lambda: "another worker has taken over" in first.said(), 20, "the first has tried to record")
            assert written(message) == held, "the late write has changed something"
            in_time.set()
            wait_until(all_sent, 20, "recorded by the second")
        copies = len(server.received)
        [after] = queue("next-reader")
        server.wait_for(copies + 1, 20)
        wait_until(all_sent, 20, "the worker that had slept goes on")
    assert [it.message["Message-ID"] for it in server.received[:copies]] == [message.message_id] * copies
    assert copies <= 2
    assert server.received[copies].message["Message-ID"] == after.message_id
    assert list(message.attempts.values_list("number", "outcome")) == [(1, "abandoned"), (2, "accepted")]
    with capsys.disabled():
        print(
            f"\n  worker stopped at {at} for {stopped:.1f} s, lease {LEASE} s: taken over, its late write changed "
            f"nothing, {copies - 1} duplicate"
        )


def written(message: OutgoingMessage) -> list[dict[str, Any]]:
    """Return all that the rows say of the message, but for the end of its lease, which its holder moves on."""
    [row] = OutgoingMessage.objects.filter(pk=message.pk).values()
    del row["lease_until"]
    return [row, *message.attempts.values()]


def test_poison_among_a_hundred(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    with running_mail_server(port) as server, running_worker(tmp_path / "worker.log", port, **TIMES) as worker:
        queue("first")
        server.wait_for(1, 40)
        queued_at = time.monotonic()
        queue(*(f"before-{number}" for number in range(49)))
        [poison] = queue("poison", kind=letters.UNBUILDABLE_KIND)
        queue(*(f"after-{number}" for number in range(50)))
        received = server.wait_for(100, 40)[1:]
        poison.refresh_from_db()
        assert poison.state != State.FAILED, "the others have waited for it"
        wait_until(lambda: let_time_pass() or has_failed(poison), 20, "it has failed visibly")
        took = time.monotonic() - queued_at
        assert worker.process.poll() is None
    assert {it.recipient for it in received} == set(
        OutgoingMessage.objects.filter(state=State.SENT, attempts_count=1)
        .exclude(to__startswith="first")
        .values_list("to", flat=True)
    )
    poison.refresh_from_db()
    outcomes = list(poison.attempts.values_list("outcome", flat=True))
    assert outcomes == ["unbuildable"] * 3
    assert "The file is missing." in poison.last_error
    delay = max(it.at for it in received) - queued_at
    with capsys.disabled():
        print(
            f"\n  a poison message among a hundred: {len(received)} delivered within {delay:.1f} s; it failed in "
            f"{len(outcomes)} tries ({took:.1f} s, waits shortened) and says: {poison.last_error}"
        )


def has_failed(message: OutgoingMessage) -> bool:
    """Say whether nothing more is tried."""
    return OutgoingMessage.objects.filter(pk=message.pk, state=State.FAILED).exists()


REPLIES = [
    # reply, outcome, state after the first attempt
    ("550 5.1.1 No such user", "refused", State.FAILED),
    ("552 5.2.2 Mailbox full", "refused", State.FAILED),
    ("421 4.3.2 Shutting down", "deferred", State.QUEUED),
]


def test_replies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """550 and 552 end it at once, 421 does not, at the address and after the message; a good one passes them by."""
    port = free_port()
    cases = {
        f"reader-{reply[:3]}-{at.lower()}": (at, reply, outcome, state)
        for reply, outcome, state in REPLIES
        for at in ("RCPT", "DATA")
    }
    with running_mail_server(port) as server, running_worker(tmp_path / "worker.log", port, **TIMES):
        for name, (at, reply, _, _) in cases.items():
            server.do_to(f"{name}@example.com", Say(at, reply, closes=reply.startswith("421")))
        messages = dict(zip(cases, queue(*cases), strict=True))
        queue("good")
        tried = OutgoingMessage.objects.filter(attempts__isnull=False)
        wait_until(lambda: tried.count() == len(cases) + 1, 40, "each was tried")
        lines = []
        for name, (at, reply, outcome, state) in cases.items():
            messages[name].refresh_from_db()
            [attempt] = messages[name].attempts.all()
            assert (attempt.outcome, attempt.smtp_code) == (outcome, int(reply[:3]))
            assert messages[name].state == state
            assert reply[4:] in messages[name].last_error
            server.do_to(f"{name}@example.com", None)
            lines.append((name, f"    {reply[:3]} at {at}: {attempt.outcome}, {messages[name].state}"))
        waits = OutgoingMessage.objects.filter(state=State.QUEUED)
        wait_until(lambda: let_time_pass() or not waits.exists(), 20, "what waited was tried again")
        wait_until(lambda: not OutgoingMessage.objects.open().exists(), 20, "all is closed")
        received = sorted(it.recipient.partition("@")[0] for it in server.received)
    assert received == ["good", "reader-421-data", "reader-421-rcpt"]
    with capsys.disabled():
        print("\n  replies of the mail server, the message after one attempt, and when time has passed")
        for name, line in lines:
            messages[name].refresh_from_db()
            print(f"{line}, then {messages[name].state} after {messages[name].attempts_count}")


def test_clocks_an_hour_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One worker's clock is an hour ahead, the other's an hour behind, and each has a slow message in hand."""
    port = free_port()
    answer = threading.Event()
    hour = 3600

    def clock(skew: int) -> dict[str, str]:
        folder = REPOSITORY / "tests" / "faults" / "skewed_clock"
        return {**TIMES, "PYTHONPATH": str(folder), "CLOCK_SKEW_SECONDS": str(skew)}

    with (
        running_mail_server(port) as server,
        running_worker(tmp_path / "ahead.log", port, concurrency=1, **clock(hour)),
        running_worker(tmp_path / "behind.log", port, concurrency=1, **clock(-hour)),
    ):
        server.do_next(Hold("DATA", answer), Hold("DATA", answer))
        queue("slow-1", "slow-2")
        server.wait_until(lambda it: it.reached.get("DATA") == 2, 60)
        # Each has one sender, so either would take the other's message next if its lease had run out on its clock.
        renewed = OutgoingMessage.objects.filter(lease_until__gt=F("claimed_at") + timedelta(seconds=2 * LEASE))
        wait_until(lambda: renewed.count() == 2, 40, "each has renewed its lease for longer than it lasts")
        answer.set()
        server.do_to("later@example.com", Say("RCPT", "451 4.7.1 Greylisted"))
        queued_at = time.monotonic()
        [later] = queue("later")
        queue(*(f"reader-{number}" for number in range(OTHERS)))
        received = server.wait_for(OTHERS + 2, 40)
        delay = max(it.at for it in received) - queued_at
        wait_until(later.attempts.exists, 20, "it was refused")
        server.do_to("later@example.com", None)
        wait_until(all_sent, 20, "the one that had to wait is sent")
        received = list(server.received)
    messages = OutgoingMessage.objects.all()
    assert sorted(it.message["Message-ID"] for it in received) == sorted(it.message_id for it in messages)
    assert {it.attempts_count for it in messages if it.pk != later.pk} == {1}
    refused, accepted = later.attempts.all()
    waited = (accepted.started_at - refused.started_at).total_seconds()
    assert 4 <= waited <= 9, "5 s, varied by a fifth, and what a busy machine takes"
    # The one thing that shows a worker's own clock; it proves that the clocks were off.
    now = datetime.now(UTC)
    dated = {round((it.message["Date"].datetime - now).total_seconds() / hour) for it in received}
    assert dated == {1, -1}
    with capsys.disabled():
        print(
            f"\n  clocks an hour ahead and an hour behind: {len(received)} messages, each came once;\n"
            f"    {OTHERS} took {delay:.1f} s, a retry came after {waited:.1f} s (5 s, varied by a fifth)"
        )
