"""partners/delivery/clock_set_back.py: no message waits until the clock gets there once more."""

import logging
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F

from partners.delivery.attempt import Outcome
from partners.delivery.claim import claim_message, claim_next, renew_leases
from partners.delivery.clock_set_back import TOLERANCE, bring_messages_back
from partners.delivery.message import OutgoingMessage, State, in_seconds
from partners.delivery.outside import NotAccepted
from partners.delivery.pump import Pump
from partners.delivery.send import send_message, send_next
from partners.delivery.timing import lease_seconds
from tests.faults.waiting import wait_until
from tests.partners.delivery.conftest import queued
from tests.partners.delivery.doubles import CarrierInMemory

YEAR = 365 * 86400


def set_back(seconds: float) -> None:
    """Behave as if the database's clock had been ahead by `seconds` until now."""
    for name in ("created_at", "due_at", "claimed_at", "lease_until"):
        OutgoingMessage.objects.filter(**{f"{name}__isnull": False}).update(
            **{name: F(name) + timedelta(seconds=seconds)}
        )


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [3600, YEAR])
def test_a_message_that_waits_for_its_first_attempt_is_due(seconds: float, caplog: pytest.LogCaptureFixture) -> None:
    message = queued()
    set_back(seconds)
    assert claim_next("here:1") is None
    with caplog.at_level(logging.WARNING):
        assert bring_messages_back() == 1
    assert "clock was set back: 1 rows" in caplog.text
    claim = claim_next("here:1")
    assert claim is not None
    assert claim.message.pk == message.pk


@pytest.mark.django_db
def test_one_that_was_tried_is_due_where_no_wait_is_so_long() -> None:
    message = queued()
    send_message(message.pk, CarrierInMemory(failures=[NotAccepted(Outcome.DEFERRED, 451, "Later")]))
    assert bring_messages_back() == 0
    set_back(3600)
    assert bring_messages_back() == 1
    assert claim_message(message.pk, "here:1")


@pytest.mark.django_db
def test_what_waits_as_it_should_goes_on_waiting() -> None:
    OutgoingMessage.objects.filter(pk=queued().pk).update(attempts_count=10, due_at=in_seconds(14400 * 1.2))
    OutgoingMessage.objects.filter(pk=queued().pk).update(attempts_count=40, due_at=in_seconds(14400 * 1.2))
    OutgoingMessage.objects.filter(pk=queued().pk).update(due_at=in_seconds(TOLERANCE / 2))
    assert claim_message(queued().pk, "here:1")
    assert bring_messages_back() == 0


@pytest.mark.django_db
def test_a_dead_workers_message_is_taken_over_and_a_living_one_keeps_its_own() -> None:
    dead, living = claim_message(queued().pk, "here:1"), claim_message(queued().pk, "there:2")
    assert dead is not None
    assert living is not None
    set_back(YEAR)
    assert bring_messages_back() == 2
    assert claim_next("here:3") is None
    renew_leases([living.token])
    OutgoingMessage.objects.filter(claim_token=dead.token).update(
        lease_until=F("lease_until") - timedelta(seconds=lease_seconds() + 1)
    )
    claim = claim_next("here:3")
    assert claim is not None
    assert claim.message.pk == dead.message.pk
    assert claim_next("here:3") is None


@pytest.mark.usefixtures("committed")
def test_a_worker_that_starts_brings_them_back() -> None:
    message = queued()
    set_back(YEAR)
    carrier = CarrierInMemory()

    pump = Pump(1, partial(send_next, carrier))
    pump.start()
    try:
        wait_until(lambda: OutgoingMessage.objects.get(pk=message.pk).state == State.SENT, 20, "it is sent")
    finally:
        pump.stop()
        pump.join()
