"""Which worker may send a message? The one that holds its lease, proved by a token."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from partners.delivery.message import OutgoingMessage, State, in_seconds
from partners.delivery.record import record_abandoned
from partners.delivery.timing import lease_seconds
from partners.delivery.transitions import start_sending


@dataclass(frozen=True)
class Claim:
    """The right to send `message` once, until the lease of `token` runs out."""

    message: OutgoingMessage
    token: uuid.UUID


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


def renew_leases(tokens: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Renew the leases of `tokens`, and return those that still hold: the others are lost or were given back."""
    held = OutgoingMessage.objects.filter(state=State.SENDING, claim_token__in=tokens)
    held.update(lease_until=in_seconds(lease_seconds()))
    return {token for token in held.values_list("claim_token", flat=True) if token is not None}
