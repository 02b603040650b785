"""partners/delivery/outage.py: an outcome outlasts a database that is away, and words that it cannot hold."""

import threading
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection

from partners.delivery import outage, send
from partners.delivery.attempt import Outcome
from partners.delivery.message import State
from partners.delivery.outside import Conversation, Envelope, NotAccepted, Receipt
from partners.delivery.send import send_message
from tests.partners.delivery.conftest import queued
from tests.partners.delivery.doubles import CarrierInMemory


@pytest.mark.usefixtures("committed")
def test_after_the_servers_250_the_record_waits_for_the_database(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The connection is cut, for real, between '250' and the record; then three more tries fail."""
    message, calls = queued(), []
    record = send.record_accepted

    def away_at_first(*args: Any) -> bool:
        calls.append(args)
        if 1 < len(calls) < 5:
            raise OperationalError("the database is away")
        return record(*args)

    class CuttingCarrier(CarrierInMemory):
        def __call__(self, envelope: Envelope, conversation: Conversation) -> Receipt:
            receipt = super().__call__(envelope, conversation)
            connection.connection.close()
            return receipt

    monkeypatch.setattr(send, "record_accepted", away_at_first)
    carrier = CuttingCarrier()
    assert send_message(message.pk, carrier)
    message.refresh_from_db()
    assert message.state == State.SENT
    assert len(carrier.carried) == 1
    assert len(calls) == 5
    assert [record.name for record in caplog.records].count("partners.delivery.outage") == 1


@pytest.mark.usefixtures("committed")
def test_after_the_servers_250_the_record_waits_for_a_database_that_only_reads() -> None:
    """The mail server has the message while this server has become one that only stands by."""
    message = queued()

    class StandingByCarrier(CarrierInMemory):
        def __call__(self, envelope: Envelope, conversation: Conversation) -> Receipt:
            receipt = super().__call__(envelope, conversation)
            with connection.cursor() as cursor:
                cursor.execute("SET default_transaction_read_only = on")
            return receipt

    carrier = StandingByCarrier()
    assert send_message(message.pk, carrier)
    message.refresh_from_db()
    assert message.state == State.SENT
    assert len(carrier.carried) == 1
    assert not send_message(message.pk, carrier)


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("said", ["a \0", "half \ud800 a character"])
def test_what_cannot_be_stored_is_left_out_and_the_outcome_is_not(said: str) -> None:
    """Whatever a carrier lets through: the message must not go out again and again."""

    class HostileCarrier(CarrierInMemory):
        def __call__(self, envelope: Envelope, conversation: Conversation) -> Receipt:
            super().__call__(envelope, conversation)
            return Receipt(250, said, provider_id=said)

    taken, refused = queued(), queued()
    assert send_message(taken.pk, HostileCarrier())
    assert send_message(refused.pk, CarrierInMemory(failures=[NotAccepted(Outcome.REFUSED, 550, said)]))
    taken.refresh_from_db()
    refused.refresh_from_db()
    assert (taken.state, taken.attempts.get().smtp_text) == (State.SENT, "")
    assert (refused.state, refused.attempts.get().smtp_text) == (State.FAILED, "")
    assert refused.attempts.get().smtp_code == 550


@pytest.mark.usefixtures("committed")
def test_a_refusal_of_the_database_for_good_is_not_waited_for() -> None:
    calls: list[int] = []

    def broken() -> None:
        calls.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    with pytest.raises(DataError):
        outage.keep_trying(broken)
    assert calls == [1]


@pytest.mark.usefixtures("committed")
def test_a_process_that_ends_waits_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage, "_giving_up", threading.Event())
    outage.give_up_waiting()

    def away() -> None:
        raise OperationalError("the database is away")

    with pytest.raises(OperationalError):
        outage.keep_trying(away)
