"""Which worker may send a message? The one that holds its lease, proved by a token."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from partners.delivery.message import OutgoingMessage, State, in_seconds
from partners.delivery.record import record_abandoned
from partners.delivery.timing import lease_seconds
from partners.delivery.transitions import start_sending


@dataclass(frozen=True)
class Claim:
    """The right to send `message` once, until the lease of `token` runs out.

    `are_more` is False where no other message was due when it was claimed.
    """

    message: OutgoingMessage
    token: uuid.UUID
    are_more: bool = True


def claim_message(message_id: int, worker: str) -> Claim | None:
    """Claim the message for `worker`, and return the claim once it is committed.

    Returns None where there is nothing to do: the message is gone, not due, closed, or another worker's.
    A message whose worker disappeared is taken over, which is written down as an attempt.
    """
    token = uuid.uuid4()
    with transaction.atomic():
        message = (
            OutgoingMessage.objects.claimable()
            .filter(pk=message_id)
            .select_for_update(skip_locked=True, no_key=True)
            .first()
        )
        if message is None:
            return None
        if message.state == State.SENDING and not record_abandoned(message):
            return None
        if not start_sending(message_id, token, worker, lease_seconds()):
            return None
        message.refresh_from_db()
    return Claim(message, token)


# One statement, hence one round trip and one commit. The subselect is not correlated, so it runs once.
_CLAIM_NEXT = """
    UPDATE partners_outgoingmessage
    SET state = 'sending', claim_token = %(token)s, worker = %(worker)s, attempts_count = attempts_count + 1,
        claimed_at = statement_timestamp(), lease_until = statement_timestamp() + %(lease)s, due_at = NULL
    WHERE id = (
        SELECT id FROM partners_outgoingmessage
        WHERE state = 'queued' AND due_at <= statement_timestamp()
        ORDER BY due_at LIMIT 1
        FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING *, EXISTS (
        SELECT FROM partners_outgoingmessage AS other
        WHERE other.state = 'queued' AND other.due_at <= statement_timestamp()
            AND other.id <> partners_outgoingmessage.id
    ) AS are_more
"""
# How many abandoned messages are looked at in one call; those that are passed by are another worker's, or wait.
_ABANDONED_AT_A_TIME = 10


def claim_next(worker: str) -> Claim | None:
    """Claim for `worker` the message that has been due for longest, else an abandoned one; None where there is none.

    Must run outside a transaction: a claim counts when it is committed.
    """
    token = uuid.uuid4()
    lease = timedelta(seconds=lease_seconds())
    due: Any = OutgoingMessage.objects.raw(_CLAIM_NEXT, {"token": token, "worker": worker, "lease": lease})
    for message in due:
        return Claim(message, token, message.are_more)
    abandoned = OutgoingMessage.objects.abandoned().order_by("lease_until").values_list("pk", flat=True)
    for message_id in list(abandoned[:_ABANDONED_AT_A_TIME]):
        if claim := claim_message(message_id, worker):
            return claim
    return None


def renew_leases(tokens: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Renew the leases of `tokens`, and return those that still hold: the others are lost or were given back."""
    held = OutgoingMessage.objects.filter(state=State.SENDING, claim_token__in=tokens)
    held.update(lease_until=in_seconds(lease_seconds()))
    return {token for token in held.values_list("claim_token", flat=True) if token is not None}
