"""What the row of a message may hold."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from partners.delivery.message import OutgoingMessage, State, new_message_id
from tests.partners.delivery.conftest import queued

pytestmark = pytest.mark.django_db

CLAIM: dict[str, Any] = {
    "claim_token": uuid.UUID(int=1),
    "claimed_at": Now(),
    "lease_until": Now(),
    "worker": "here:1",
}
LEGAL: dict[str, dict[str, Any]] = {
    State.QUEUED: {},
    State.SENDING: {**CLAIM, "attempts_count": 1, "due_at": None},
    State.SENT: {"attempts_count": 1, "due_at": None, "sent_at": Now(), "closed_at": Now()},
    State.DELIVERED: {"attempts_count": 1, "due_at": None, "sent_at": Now(), "closed_at": Now()},
    State.BOUNCED: {"attempts_count": 1, "due_at": None, "sent_at": Now(), "closed_at": Now()},
    State.COMPLAINED: {"attempts_count": 1, "due_at": None, "sent_at": Now(), "closed_at": Now()},
    State.FAILED: {"attempts_count": 1, "due_at": None, "closed_at": Now()},
    State.CANCELLED: {"due_at": None, "closed_at": Now()},
}


def test_a_message_id_is_ours_and_its_own(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Qianhai <hello@mail.qianhai.example>"
    first, second = new_message_id(), new_message_id()
    assert first != second
    assert first.startswith("<")
    assert first.endswith("@mail.qianhai.example>")


def test_a_message_id_is_ascii(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "hello@前海.example"
    assert new_message_id().isascii()


def test_a_message_keeps_its_message_id() -> None:
    message = queued()
    before = message.message_id
    message.refresh_from_db()
    assert message.message_id == before


def test_the_times_are_the_databases() -> None:
    message = queued()
    with connection.cursor() as cursor:
        cursor.execute("SELECT transaction_timestamp() <= %s", [message.due_at])
        assert cursor.fetchone() == (True,)
    assert message.due_at is not None
    assert message.created_at <= message.due_at


@pytest.mark.parametrize("state", State.values)
def test_each_state_has_a_legal_row(state: str) -> None:
    message = queued()
    assert OutgoingMessage.objects.filter(pk=message.pk).update(state=state, **LEGAL[state]) == 1
    message.refresh_from_db()
    assert message.is_open == (state in {"queued", "sending"})


@pytest.mark.parametrize(
    ("state", "change"),
    [
        (State.QUEUED, {"due_at": None}),
        (State.QUEUED, {"sent_at": Now()}),
        (State.QUEUED, {"closed_at": Now()}),
        (State.QUEUED, {"claim_token": uuid.UUID(int=1)}),
        (State.QUEUED, {"lease_until": Now()}),
        (State.QUEUED, {"worker": "here:1"}),
        (State.SENDING, {"claim_token": None}),
        (State.SENDING, {"lease_until": None}),
        (State.SENDING, {"claimed_at": None}),
        (State.SENDING, {"worker": ""}),
        (State.SENDING, {"due_at": Now()}),
        (State.SENDING, {"sent_at": Now()}),
        (State.SENDING, {"attempts_count": 0}),
        (State.SENT, {"sent_at": None}),
        (State.SENT, {"closed_at": None}),
        (State.SENT, {"claim_token": uuid.UUID(int=1)}),
        (State.SENT, {"due_at": Now()}),
        (State.SENT, {"attempts_count": 0}),
        (State.DELIVERED, {"sent_at": None}),
        (State.BOUNCED, {"sent_at": None}),
        (State.COMPLAINED, {"sent_at": None}),
        (State.FAILED, {"closed_at": None}),
        (State.FAILED, {"due_at": Now()}),
        (State.FAILED, {"lease_until": Now()}),
        (State.CANCELLED, {"closed_at": None}),
        (State.CANCELLED, {"sent_at": Now()}),
        (State.CANCELLED, {"due_at": Now()}),
        (State.QUEUED, {"state": "lost"}),
        (State.QUEUED, {"to": ""}),
        (State.QUEUED, {"kind": ""}),
        (State.QUEUED, {"message_id": ""}),
    ],
)
def test_the_database_refuses_the_rest(state: str, change: dict[str, Any]) -> None:
    message = queued()
    values = {"state": state, **LEGAL[state], **change}
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMessage.objects.filter(pk=message.pk).update(**values)


def test_no_two_messages_share_a_message_id() -> None:
    first, second = queued(), queued()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMessage.objects.filter(pk=second.pk).update(message_id=first.message_id)


def test_the_log_names_no_address() -> None:
    assert "reader" not in str(queued(to="reader@example.com"))
