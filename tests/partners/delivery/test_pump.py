"""A worker gets to work at once, keeps at it while there is something to do, and rests when there is not."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection

from partners.delivery.message import OutgoingMessage, State, in_seconds
from partners.delivery.pump import Pump
from partners.delivery.send import send_next
from partners.inserting import Beside
from tests.faults.mail_server import Fault, LoseReply, MailServer, Say
from tests.faults.waiting import wait_until
from tests.partners.delivery.conftest import queued
from tests.partners.delivery.doubles import CarrierInMemory

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.timeout(60), pytest.mark.measured]


@contextmanager
def running_pump(send: Callable[..., bool] = send_next, senders: int = 2) -> Iterator[Pump]:
    """Let a pump work while the block runs; it must end when it is asked to."""
    pump = Pump(senders, send)
    pump.start()
    try:
        yield pump
    finally:
        pump.stop()
        joining = threading.Thread(target=pump.join)
        joining.start()
        joining.join(10)
        assert not joining.is_alive()


def all_sent() -> bool:
    """Say whether every message was sent."""
    return not OutgoingMessage.objects.exclude(state=State.SENT).exists()


def test_a_message_is_sent_when_it_is_committed(settings: Any) -> None:
    settings.DELIVERY_SWEEP_SECONDS = 60.0
    carrier = CarrierInMemory()
    with running_pump(lambda **options: send_next(carrier, **options)):
        queued()
        wait_until(all_sent, 5, "the first is sent")
        queued()
        wait_until(all_sent, 5, "the second is sent, too")


def test_what_was_queued_before_needs_no_notification(settings: Any) -> None:
    settings.DELIVERY_SWEEP_SECONDS = 60.0
    queued()
    with running_pump(lambda **options: send_next(CarrierInMemory(), **options)):
        wait_until(all_sent, 5, "sent at the start")


def test_a_later_message_is_sent_at_its_time(settings: Any) -> None:
    settings.DELIVERY_SWEEP_SECONDS = 60.0
    message = queued()
    OutgoingMessage.objects.filter(pk=message.pk).update(due_at=in_seconds(1.5))
    with running_pump(lambda **options: send_next(CarrierInMemory(), **options)):
        assert wait_until(all_sent, 5, "sent at its time") > 1.0


def test_a_lost_notification_costs_one_sweep(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DELIVERY_SWEEP_SECONDS = 0.5
    monkeypatch.setattr("partners.delivery.queue.waking", lambda: Beside("SELECT '' AS said"))
    with running_pump(lambda **options: send_next(CarrierInMemory(), **options)):
        queued()
        wait_until(all_sent, 5, "found by the sweep")


def test_a_backlog_occupies_every_sender() -> None:
    together = threading.Barrier(4)

    class Carrier(CarrierInMemory):
        def __call__(self, *args: Any) -> Any:
            together.wait(10)
            return super().__call__(*args)

    for _ in range(4):
        queued()
    with running_pump(lambda **options: send_next(Carrier(), **options), senders=4):
        wait_until(all_sent, 10, "four at a time")


def test_the_senders_and_the_listener_outlive_a_database_that_is_away(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    failures = [OperationalError("away"), KeyError("a fault of ours")]

    def send(**options: Any) -> bool:
        if failures:
            raise failures.pop(0)
        return send_next(CarrierInMemory(), **options)

    settings.DELIVERY_SWEEP_SECONDS = 0.2
    with running_pump(send, senders=1):
        wait_until(lambda: not failures, 10, "both were raised")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%due_at%'"
            )
            assert cursor.fetchone()[0] >= 1
        queued()
        wait_until(all_sent, 15, "sent all the same")
    said = [record.getMessage() for record in caplog.records if record.name == "partners.delivery.pump"]
    assert "The mail sender 1 waits for the database: OperationalError." in said
    assert "The mail sender 1 failed, and begins again." in said
    assert [line for line in said if line.startswith("The mail listener waits for the database")]


def test_a_backlog_shares_a_connection_that_ends_with_it(mail_server: MailServer) -> None:
    for _ in range(5):
        queued()
    with running_pump(senders=1):
        wait_until(all_sent, 10, "sent")
        mail_server.wait_until(lambda it: it.reached.get("QUIT") == 1, 5)
    assert mail_server.reached["EHLO"] == 1
    assert len({it.message["Message-ID"] for it in mail_server.wait_for(5, 1)}) == 5


@pytest.mark.parametrize("parting", [Say("MAIL", "421 4.7.0 too many messages"), LoseReply("MAIL")])
def test_a_server_may_end_a_shared_connection(mail_server: MailServer, parting: Fault) -> None:
    """The message that it has not heard of goes over a new one, in the same attempt."""
    first = queued()
    OutgoingMessage.objects.filter(pk=first.pk).update(due_at=in_seconds(-60))
    second = queued()
    mail_server.do_next(Say("MAIL", "250 go on"), parting)
    with running_pump(senders=1):
        wait_until(all_sent, 10, "sent")
    assert mail_server.reached["EHLO"] == 2
    assert second.attempts.get().outcome == "accepted"
