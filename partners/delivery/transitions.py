"""How does a message change its state? Only so: each change names the state and the claim it expects.

Every function here is one conditional UPDATE. It returns False, and changes nothing, where the row has moved on:
a worker that lost its claim, and an event that comes twice or late, thus do no harm.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from partners.delivery.attempt import DeliveryAttempt
from partners.delivery.message import ACCEPTED_STATES, HELD_AFTER_RESTORE, OutgoingMessage, State, in_seconds

TEXT_LENGTH = 500
# What becomes of the columns when nobody holds the message any more.
_RELEASED: dict[str, Any] = {"claim_token": None, "claimed_at": None, "lease_until": None, "worker": ""}


def start_sending(message_id: int, token: uuid.UUID, worker: str, lease: float) -> bool:
    """Go from 'queued' and due, or from 'sending' under a lease that ran out, to 'sending' for `lease` seconds."""
    changed = (
        OutgoingMessage.objects.claimable()
        .filter(pk=message_id)
        .update(
            state=State.SENDING,
            claim_token=token,
            claimed_at=Now(),
            lease_until=in_seconds(lease),
            worker=worker,
            attempts_count=F("attempts_count") + 1,
            due_at=None,
        )
    )
    return changed == 1


# The way of nearly every message, so it is one round trip and one commit, with the log's line in the same statement.
_MARK_SENT = """
    WITH moved AS (
        UPDATE partners_outgoingmessage
        SET state = 'sent', sent_at = statement_timestamp(), closed_at = statement_timestamp(), last_error = '',
            provider_id = %(provider_id)s, claim_token = NULL, claimed_at = NULL, lease_until = NULL, worker = ''
        WHERE id = %(message)s AND state = 'sending' AND claim_token = %(token)s
        RETURNING id
    )
    INSERT INTO partners_deliveryattempt
        (message_id, number, started_at, duration, outcome, smtp_code, smtp_text, worker)
    SELECT id, %(number)s, %(started_at)s, %(duration)s, %(outcome)s, %(code)s, %(text)s, %(worker)s FROM moved
"""


def mark_sent(attempt: DeliveryAttempt, token: uuid.UUID, provider_id: str = "") -> bool:
    """Go from 'sending' under `token` to 'sent', and write the `attempt` down that ended so.

    The next mail server has accepted the message, or a provider, which calls it `provider_id`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK_SENT,
            {
                "message": attempt.message_id,
                "token": token,
                "provider_id": provider_id,
                "number": attempt.number,
                "started_at": attempt.started_at,
                "duration": attempt.duration,
                "outcome": attempt.outcome,
                "code": attempt.smtp_code,
                "text": attempt.smtp_text,
                "worker": attempt.worker,
            },
        )
        return cursor.rowcount == 1


def mark_delivered(message_id: int) -> bool:
    """Go from 'sent' to 'delivered': the provider says that the recipient's mail server has taken the message."""
    return _report(message_id, State.DELIVERED)


def mark_bounced(message_id: int, error: str) -> bool:
    """Go from 'sent' or 'delivered' to 'bounced': a server may take a message and send it back later."""
    return _report(message_id, State.BOUNCED, last_error=error[:TEXT_LENGTH])


def mark_complained(message_id: int) -> bool:
    """Go from 'sent', 'delivered' or 'bounced' to 'complained': the recipient has called the message spam."""
    return _report(message_id, State.COMPLAINED)


def queue_again(message_id: int, token: uuid.UUID, delay: timedelta, error: str) -> bool:
    """Go from 'sending' under `token` back to 'queued', due after `delay`."""
    return _leave_sending(
        message_id,
        token,
        state=State.QUEUED,
        due_at=in_seconds(delay.total_seconds()),
        last_error=error[:TEXT_LENGTH],
    )


def mark_failed(message_id: int, token: uuid.UUID, error: str) -> bool:
    """Go from 'sending' under `token` to 'failed': nothing more is tried."""
    return _leave_sending(message_id, token, state=State.FAILED, closed_at=Now(), last_error=error[:TEXT_LENGTH])


def cancel(message_id: int) -> bool:
    """Go from 'queued' to 'cancelled'. A message that is being sent cannot be called back."""
    changed = OutgoingMessage.objects.filter(pk=message_id, state=State.QUEUED).update(
        state=State.CANCELLED, due_at=None, closed_at=Now()
    )
    return changed == 1


def call_back_after_restore(message_id: int) -> bool:
    """Go from 'queued', or from 'sending' under a lease that ran out, to 'cancelled', with the reason.

    For a restored database alone: what waits in it may have left since the backup.
    """
    changed = (
        OutgoingMessage.objects.in_nobodys_hands()
        .filter(pk=message_id)
        .update(state=State.CANCELLED, due_at=None, closed_at=Now(), last_error=HELD_AFTER_RESTORE, **_RELEASED)
    )
    return changed == 1


def _report(message_id: int, state: State, **values: Any) -> bool:
    # Reports come late, doubled and in any order: only what ranks higher than what is known moves a message.
    lower = ACCEPTED_STATES[: ACCEPTED_STATES.index(state)]
    return OutgoingMessage.objects.filter(pk=message_id, state__in=lower).update(state=state, **values) == 1


def _leave_sending(message_id: int, token: uuid.UUID, **values: Any) -> bool:
    held = OutgoingMessage.objects.filter(pk=message_id, state=State.SENDING, claim_token=token)
    return held.update(**_RELEASED, **values) == 1
