"""Which worker may send a delivery, and what becomes of it afterwards? Each change names the claim that it expects."""

import random
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import ExpressionWrapper, F
from django.db.models.fields import DurationField
from django.db.models.functions import Now

from partners.brochures.submission import Submission
from partners.delivery.alarm import wake_workers
from partners.delivery.attempt import as_logged
from partners.delivery.clock_set_back import bring_times_back
from partners.delivery.retry import GiveUp
from partners.handover.endpoint import switch_off_gone
from partners.handover.patience import next_step
from partners.handover.queueing import CHANNEL, is_overtaken
from partners.handover.reading import allowed_to
from partners.handover.webhook_delivery import Outcome, State, WebhookAttempt, WebhookDelivery

# Beyond the longest conversation, so that a claim needs no renewal: time to build before, and to write down after.
_LEASE_MARGIN = 15.0
_ABANDONED_AT_A_TIME = 10
_RELEASED: dict[str, Any] = {"claim_token": None, "claimed_at": None, "lease_until": None, "worker": ""}

# One at a time for each endpoint, and the one that was spoken to longest ago first: as many that hang as there are
# threads would else hold up everybody, each taking the next of its own whenever a thread is free. What lies ahead, by
# a clock that was set back, counts as never. Events about one request go in their order. Two workers at the same moment
# may each take one of an endpoint; never two of one request, since an older one that is open, claimed or not, is seen
# by both.
_CLAIM_NEXT = """
    WITH chosen AS (
        SELECT due.id, due.endpoint_id FROM partners_webhookendpoint endpoint
        CROSS JOIN LATERAL (
            SELECT waiting.id FROM partners_webhookdelivery waiting
            WHERE waiting.endpoint_id = endpoint.id AND waiting.state = 'queued'
            AND waiting.due_at <= statement_timestamp()
            AND NOT EXISTS (
                SELECT FROM partners_webhookdelivery other
                WHERE other.endpoint_id = endpoint.id AND other.reference = waiting.reference
                AND other.state IN ('queued', 'sending') AND other.id < waiting.id
            )
            ORDER BY waiting.due_at, waiting.id LIMIT 1
        ) longest
        JOIN partners_webhookdelivery due ON due.id = longest.id AND due.state = 'queued'
        LEFT JOIN partners_webhookturn turn ON turn.endpoint_id = endpoint.id
        WHERE endpoint.active AND NOT EXISTS (
            SELECT FROM partners_webhookdelivery spoken
            WHERE spoken.endpoint_id = endpoint.id AND spoken.state = 'sending'
        )
        ORDER BY CASE WHEN turn.spoken_to_at <= statement_timestamp() THEN turn.spoken_to_at END NULLS FIRST,
            due.due_at, due.id LIMIT 1
        FOR NO KEY UPDATE OF due SKIP LOCKED
    ), taken AS (
        INSERT INTO partners_webhookturn (endpoint_id, spoken_to_at)
        SELECT endpoint_id, statement_timestamp() FROM chosen
        ON CONFLICT (endpoint_id) DO UPDATE SET spoken_to_at = excluded.spoken_to_at
    )
    UPDATE partners_webhookdelivery delivery
    SET state = 'sending', claim_token = %(token)s, worker = %(worker)s, attempts_count = attempts_count + 1,
        claimed_at = statement_timestamp(), lease_until = statement_timestamp() + %(lease)s, due_at = NULL,
        first_tried_at = COALESCE(first_tried_at, statement_timestamp())
    FROM chosen WHERE delivery.id = chosen.id
    RETURNING delivery.*
"""


@dataclass(frozen=True)
class Claim:
    """The right to send `delivery` once, until the lease of `token` runs out."""

    delivery: WebhookDelivery
    token: uuid.UUID


def claim_next(worker: str) -> Claim | None:
    """Claim for `worker` what is due for the endpoint that was spoken to longest ago; None where nothing is.

    Must run outside a transaction.
    """
    take_back_abandoned()
    token = uuid.uuid4()
    lease = timedelta(seconds=_lease_seconds())
    claimed = WebhookDelivery.objects.raw(_CLAIM_NEXT, {"token": token, "worker": worker, "lease": lease})
    for delivery in claimed:
        return Claim(delivery, token)
    return None


def bring_webhooks_back() -> int:
    """Let no delivery wait for a clock of the database that was set back, see `clock_set_back.py`; return how many."""
    return bring_times_back(WebhookDelivery._meta.db_table, _lease_seconds())


def _lease_seconds() -> float:
    return float(settings.WEBHOOK_SECONDS + _LEASE_MARGIN)


def take_back_abandoned() -> None:
    """Write down the attempts of workers that disappeared, and queue their deliveries again."""
    for pk in list(WebhookDelivery.objects.abandoned().values_list("pk", flat=True)[:_ABANDONED_AT_A_TIME]):
        with transaction.atomic():
            held = WebhookDelivery.objects.abandoned().filter(pk=pk)
            took = ExpressionWrapper(Now() - F("claimed_at"), output_field=DurationField())
            delivery: Any = held.annotate(took=took).select_for_update(skip_locked=True, no_key=True).first()
            if delivery is not None:
                _fail(delivery, Outcome.ABANDONED, None, delivery.took)


def record_taken(claim: Claim, status: int, took: timedelta) -> bool:
    """Write down that the receiver took it; False, and nothing written, where the claim was lost."""
    with transaction.atomic():
        if not _leave(claim, state=State.SENT, closed_at=Now(), last_error=""):
            return False
        _add_attempt(claim.delivery, Outcome.ACCEPTED, status, took)
    return True


def record_withheld(claim: Claim) -> bool:
    """Close what may not be told any more; False where the claim was lost.

    What was released since the worker looked may be told after all, and waits anew: a release finds what is withheld
    already, and the request's lock has it come before this or after.
    """
    delivery = claim.delivery
    with transaction.atomic():
        # Before the delivery's row, as whoever releases or erases the request.
        held = Submission.objects.select_for_update(no_key=True)
        request = delivery.submission_id and held.filter(pk=delivery.submission_id).first()
        if request and allowed_to(delivery.endpoint).filter(pk=request.pk).exists():
            wake_workers(CHANNEL)
            return _leave(claim, state=State.QUEUED, due_at=Now(), first_tried_at=None, last_error="")
        return _leave(claim, state=State.WITHHELD, closed_at=Now())


def record_failure(claim: Claim, outcome: Outcome, status: int | None, took: timedelta) -> bool:
    """Write down why it was not taken, and queue it again or give up; False where the claim was lost.

    An endpoint that is gone for good is switched off.
    """
    with transaction.atomic():
        held = WebhookDelivery.objects.filter(pk=claim.delivery.pk, state=State.SENDING, claim_token=claim.token)
        delivery = held.select_for_update(no_key=True).first()
        if delivery is None:
            return False
        _fail(delivery, outcome, status, took)
        if outcome is Outcome.GONE:
            switch_off_gone(delivery.endpoint_id)
    return True


def _fail(delivery: WebhookDelivery, outcome: Outcome, status: int | None, took: timedelta) -> None:
    """Go on from the failure of the locked `delivery`."""
    assert delivery.claimed_at is not None  # noqa: S101  both are constraints of the table
    assert delivery.first_tried_at is not None  # noqa: S101
    _add_attempt(delivery, outcome, status, took)
    tried = WebhookAttempt.objects.filter(delivery=delivery, started_at__gte=delivery.first_tried_at)
    number = tried.filter(outcome=outcome).count() if outcome is Outcome.ABANDONED else tried.count()
    age = delivery.claimed_at + took - delivery.first_tried_at
    # This one is there, though a clock that was set back may have it before the first.
    step = next_step(outcome, max(1, number), age, random.random())  # noqa: S311  no secret
    error = f"{Outcome(outcome).value} {status or ''}".strip()
    values: dict[str, Any]
    if is_overtaken(delivery):
        # Else the news that it may not be told would wait behind it for as long as it waits.
        values = {"state": State.WITHHELD, "closed_at": Now(), "last_error": error}
    elif isinstance(step, GiveUp):
        values = {"state": State.FAILED, "closed_at": Now(), "last_error": f"{step.reason} ({error})"}
    else:
        values = {"state": State.QUEUED, "due_at": Now() + step.delay, "last_error": error}
    WebhookDelivery.objects.filter(pk=delivery.pk).update(**_RELEASED, **values)
    # Whoever waits for the next due time has to reckon anew.
    wake_workers(CHANNEL)


def _add_attempt(delivery: WebhookDelivery, outcome: Outcome, status: int | None, took: timedelta) -> None:
    assert delivery.claimed_at is not None  # noqa: S101  a constraint of the table
    WebhookAttempt.objects.create(
        delivery=delivery,
        number=delivery.attempts_count,
        started_at=delivery.claimed_at,
        duration=as_logged(took),
        outcome=outcome,
        status=status,
        worker=delivery.worker,
    )


def _leave(claim: Claim, **values: Any) -> bool:
    held = WebhookDelivery.objects.filter(pk=claim.delivery.pk, state=State.SENDING, claim_token=claim.token)
    return held.update(**_RELEASED, **values) == 1
