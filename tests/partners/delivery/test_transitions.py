"""Each change of state happens from the state it expects, and from no other."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from partners.delivery.message import OutgoingMessage, State
from partners.delivery.transitions import cancel, mark_failed, mark_sent, queue_again, start_sending
from tests.partners.delivery.conftest import accepted_attempt, queued

pytestmark = pytest.mark.django_db

MINE, THEIRS = uuid.UUID(int=1), uuid.UUID(int=2)


def sending(token: uuid.UUID = MINE, lease: float = 60) -> OutgoingMessage:
    """Return a message that somebody is sending."""
    message = queued()
    assert start_sending(message.pk, token, "here:1", lease)
    message.refresh_from_db()
    return message


def test_a_due_message_is_sent_by_one() -> None:
    message = sending()
    assert (message.state, message.claim_token, message.worker) == (State.SENDING, MINE, "here:1")
    assert message.attempts_count == 1
    assert not start_sending(message.pk, THEIRS, "there:2", 60)


def test_a_message_that_is_not_due_is_not_sent() -> None:
    message = queued()
    OutgoingMessage.objects.filter(pk=message.pk).update(due_at=timezone.now() + timedelta(minutes=1))
    assert not start_sending(message.pk, MINE, "here:1", 60)


def test_a_lease_that_ran_out_may_be_taken() -> None:
    message = sending(lease=-1)
    assert start_sending(message.pk, THEIRS, "there:2", 60)
    message.refresh_from_db()
    assert (message.claim_token, message.worker, message.attempts_count) == (THEIRS, "there:2", 2)


def test_sent() -> None:
    message = sending()
    assert mark_sent(accepted_attempt(message), MINE)
    message.refresh_from_db()
    assert message.state == State.SENT
    assert message.sent_at is not None
    assert message.sent_at == message.closed_at
    assert (message.claim_token, message.lease_until, message.claimed_at, message.worker) == (None, None, None, "")
    [attempt] = message.attempts.all()
    assert (attempt.number, attempt.smtp_code, attempt.worker) == (1, 250, "here:1")


def test_queued_again() -> None:
    message = sending()
    assert queue_again(message.pk, MINE, timedelta(hours=1), "x" * 900)
    message.refresh_from_db()
    assert message.state == State.QUEUED
    assert message.due_at is not None
    assert timedelta(minutes=59) < message.due_at - timezone.now() < timedelta(minutes=61)
    assert message.last_error == "x" * 500


def test_failed() -> None:
    message = sending()
    assert mark_failed(message.pk, MINE, "No such mailbox")
    message.refresh_from_db()
    assert (message.state, message.last_error, message.due_at) == (State.FAILED, "No such mailbox", None)
    assert message.closed_at is not None


def test_cancelled() -> None:
    message = queued()
    assert cancel(message.pk)
    message.refresh_from_db()
    assert message.state == State.CANCELLED
    assert not cancel(message.pk)
    assert not start_sending(message.pk, MINE, "here:1", 60)


def test_what_is_being_sent_cannot_be_called_back() -> None:
    assert not cancel(sending().pk)


def test_a_token_that_is_not_the_rows_changes_nothing() -> None:
    message = sending(token=THEIRS)
    before = OutgoingMessage.objects.filter(pk=message.pk).values().get()
    assert not mark_sent(accepted_attempt(message), MINE)
    assert not queue_again(message.pk, MINE, timedelta(0), "")
    assert not mark_failed(message.pk, MINE, "")
    assert OutgoingMessage.objects.filter(pk=message.pk).values().get() == before
    assert not message.attempts.exists()


@pytest.mark.parametrize("final", [State.SENT, State.FAILED])
def test_a_closed_message_moves_no_more(final: State) -> None:
    message = sending()
    assert mark_sent(accepted_attempt(message), MINE) if final is State.SENT else mark_failed(message.pk, MINE, "")
    assert not mark_sent(accepted_attempt(message), MINE)
    assert not mark_failed(message.pk, MINE, "")
    assert not queue_again(message.pk, MINE, timedelta(0), "")
    assert not start_sending(message.pk, THEIRS, "there:2", 60)
    assert not cancel(message.pk)
