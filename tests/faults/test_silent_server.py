"""A mail server that accepts the connection and falls silent, or sends a byte every five seconds."""

import time
from pathlib import Path

import pytest

from partners.delivery.attempt import DeliveryAttempt, Outcome
from qianhai_site.local.ports import free as free_port
from tests.faults.length import LONG, choose
from tests.faults.mail_server import GREETING, Drip, FallSilent, MailServer, Received, running_mail_server
from tests.faults.rows import all_sent, let_time_pass, queue
from tests.faults.waiting import wait_until
from tests.faults.worker import running_worker

pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("committed"), pytest.mark.timeout(600 if LONG else 90)]

SENDERS = 4
OTHERS = 20
# A byte comes before the socket's own timeout fires, so nothing but the deadline ends such a conversation. In a long
# run both are production's.
DRIP = 5.0
SOCKET_TIMEOUT = choose(6.0, 10.0)
DEADLINE = choose(8.0, 60.0)
# What a worker needs beside waiting, on a busy machine.
SLACK = 3.0


def test_senders_are_freed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """First one of four senders meets such a server, then all four at once; others wait no longer than the deadline."""
    port = free_port()
    times = {
        "MAIL_TIMEOUT": str(SOCKET_TIMEOUT),
        "DELIVERY_CONVERSATION_SECONDS": str(DEADLINE),
        "DELIVERY_SWEEP_SECONDS": "1",
    }
    with (
        running_mail_server(port) as server,
        running_worker(tmp_path / "worker.log", port, concurrency=SENDERS, **times) as worker,
    ):
        server.do_next(Drip("DATA", DRIP))
        queue("held-1")
        server.wait_until(lambda it: it.reached.get("DATA") == 1, 20)
        one_held = longest_delay(server, "early", DEADLINE)
        server.do_at_greeting(FallSilent(GREETING), Drip(GREETING, DRIP))
        server.do_next(FallSilent("DATA"))
        queue("held-2", "held-3", "held-4")
        server.wait_until(lambda it: it.reached.get(GREETING, 0) >= 2 and it.reached["DATA"] >= 1 + OTHERS + 1, 20)
        all_held = longest_delay(server, "late", DEADLINE + 2 * SLACK)
        wait_until(lambda: let_time_pass() or all_sent(), DEADLINE + 20, "what was held is sent, too")
        received = list(server.received)
        assert worker.process.poll() is None
    assert len({it.message["Message-ID"] for it in received}) == len(received) == 2 * OTHERS + SENDERS
    failed = DeliveryAttempt.objects.exclude(outcome=Outcome.ACCEPTED)
    assert {(it.outcome, it.message.to.split("-")[0]) for it in failed} == {("timeout", "held")}
    seconds = sorted(it.duration / 1000 for it in failed)
    assert len(seconds) == SENDERS, "each was held once"
    assert all(SOCKET_TIMEOUT - 0.5 <= it <= SOCKET_TIMEOUT + SLACK for it in seconds[:2]), "silence"
    assert all(DEADLINE - 0.5 <= it <= DEADLINE + SLACK for it in seconds[2:]), "a byte now and then"
    assert one_held < SLACK
    assert all_held < DEADLINE + SLACK
    with capsys.disabled():
        print(
            f"\n  server falls silent, or sends a byte every {DRIP:g} s: senders freed after "
            f"{', '.join(f'{it:.1f}' for it in seconds)} s (socket {SOCKET_TIMEOUT:g} s, deadline {DEADLINE:g} s)\n"
            f"    {OTHERS} other messages waited {one_held:.1f} s at most with one of {SENDERS} senders held, "
            f"{all_held:.1f} s with all"
        )


def longest_delay(server: MailServer, name: str, seconds: float) -> float:
    """Queue other messages, wait for them, and return how many seconds the last one took."""
    queued_at = time.monotonic()
    queue(*(f"{name}-{number}" for number in range(OTHERS)))

    def came() -> list[Received]:
        return [it for it in server.received if it.recipient.startswith(name)]

    server.wait_until(lambda _: len(came()) >= OTHERS, seconds)
    return max(it.at for it in came()) - queued_at
