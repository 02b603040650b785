"""What is written down when an attempt has ended, and what follows from it?"""

import logging
import random
import uuid
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min

from partners.delivery.alarm import wake_workers
from partners.delivery.attempt import DeliveryAttempt, Outcome, as_logged
from partners.delivery.message import OutgoingMessage, State
from partners.delivery.outside import NotAccepted, Receipt
from partners.delivery.record_event import apply_events
from partners.delivery.retry import GiveUp, Retry, next_step
from partners.delivery.transitions import mark_failed, mark_sent, queue_again

logger = logging.getLogger(__name__)

# These have a patience of their own, so they are counted on their own.
_COUNTED_ALONE = {Outcome.UNBUILDABLE, Outcome.ABANDONED}


def record_accepted(message: OutgoingMessage, token: uuid.UUID, receipt: Receipt, took: timedelta) -> bool:
    """Write down that the mail server has accepted the message that was claimed under `token`.

    `message` is as it was when it was claimed. Returns False where the claim was lost: then nothing is written.
    """
    attempt = _attempt(message, took, Outcome.ACCEPTED, receipt.code, receipt.text)
    if receipt.provider_id:
        with transaction.atomic():
            was_held = mark_sent(attempt, token, receipt.provider_id)
            if was_held:
                apply_events(message.pk)
    else:
        was_held = mark_sent(attempt, token)
    if not was_held:
        return _claim_was_lost(message)
    logger.info("Message %s: sent in attempt %s.", message.pk, message.attempts_count)
    return True


def record_failure(message: OutgoingMessage, token: uuid.UUID, failure: NotAccepted, took: timedelta) -> bool:
    """Write down why the message was not accepted, and queue it again or close it.

    `message` is as it was when it was claimed. Returns False
    where the claim was lost: then nothing is written.
    """
    with transaction.atomic():
        held = OutgoingMessage.objects.filter(pk=message.pk, state=State.SENDING, claim_token=token)
        if not held.select_for_update(no_key=True).exists():
            return _claim_was_lost(message)
        attempt = _add_attempt(message, took, failure.outcome, failure.code, failure.text)
        step = _what_follows(attempt, may_pass=failure.may_pass)
        _take(step, attempt, token, f"{failure.code or ''} {failure.text}".strip())
    return True


def record_abandoned(message: OutgoingMessage) -> bool:
    """Write down that the worker of the locked `message` disappeared; say whether to try at once.

    Where not, the message is queued for later: it has seen several workers disappear.
    """
    assert message.claimed_at is not None  # noqa: S101  both are constraints of the table
    assert message.claim_token is not None  # noqa: S101
    attempt = _add_attempt(message, _database_time() - message.claimed_at, Outcome.ABANDONED, None, "")
    step = _what_follows(attempt)
    if step == Retry(timedelta(0)):
        logger.warning("Message %s: attempt %s was abandoned, taken over.", message.pk, attempt.number)
        return True
    _take(step, attempt, message.claim_token, "The worker disappeared while sending.")
    return False


def _database_time() -> datetime:
    """Return the time by which leases are given: this machine's clock may differ."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def _add_attempt(
    message: OutgoingMessage, took: timedelta, outcome: Outcome, code: int | None, text: str
) -> DeliveryAttempt:
    attempt = _attempt(message, took, outcome, code, text)
    attempt.save()
    return attempt


def _attempt(
    message: OutgoingMessage, took: timedelta, outcome: Outcome, code: int | None, text: str
) -> DeliveryAttempt:
    """Return the attempt that has just ended, not yet written down."""
    assert message.claimed_at is not None  # noqa: S101  a constraint of the table
    return DeliveryAttempt(
        message=message,
        number=message.attempts_count,
        started_at=message.claimed_at,
        duration=as_logged(took),
        outcome=outcome,
        smtp_code=code,
        smtp_text=text,
        worker=message.worker,
    )


def _what_follows(attempt: DeliveryAttempt, *, may_pass: bool = False) -> Retry | GiveUp:
    """Ask the retry policy, with the message's attempts so far."""
    outcome = Outcome(attempt.outcome)
    attempts = DeliveryAttempt.objects.filter(message=attempt.message_id)
    first = attempts.aggregate(first=Min("started_at"))["first"]
    ended = attempt.started_at + timedelta(milliseconds=attempt.duration)
    failures = attempts.filter(outcome=outcome) if outcome in _COUNTED_ALONE else attempts
    jitter = random.random()  # noqa: S311  no secret
    return next_step(outcome, failures.count(), ended - first, jitter, may_pass=may_pass)


def _take(step: Retry | GiveUp, attempt: DeliveryAttempt, token: uuid.UUID, error: str) -> None:
    """Move the message, whose row is locked, to where `step` says."""
    message_id = attempt.message_id
    if isinstance(step, GiveUp):
        mark_failed(message_id, token, f"{step.reason} {error}".strip())
        logger.error("Message %s: failed in attempt %s: %s.", message_id, attempt.number, attempt.outcome)
        return
    queue_again(message_id, token, step.delay, error)
    # Whoever waits for the next due message has to reckon anew.
    wake_workers()
    logger.info(
        "Message %s: attempt %s ended as %s, next in %.0f s.",
        message_id,
        attempt.number,
        attempt.outcome,
        step.delay.total_seconds(),
    )


def _claim_was_lost(message: OutgoingMessage) -> bool:
    logger.warning(
        "Message %s: another worker has taken over from attempt %s, whose outcome changes nothing.",
        message.pk,
        message.attempts_count,
    )
    return False
