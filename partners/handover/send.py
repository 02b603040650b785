"""How is one webhook sent? Claimed, built, posted and recorded, with no transaction open while it is posted."""

import logging
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.utils import timezone

from partners.database_away import database_is_away
from partners.delivery.outage import keep_trying
from partners.delivery.outside import Conversation
from partners.delivery.pump import Line, Pump
from partners.delivery.send import worker_name
from partners.handover.claim import (
    Claim,
    bring_webhooks_back,
    claim_next,
    record_failure,
    record_taken,
    record_withheld,
)
from partners.handover.payload import MayNotBeSent, Payload, build_payload
from partners.handover.post import NotTaken, post
from partners.handover.queueing import CHANNEL
from partners.handover.signing import signed_headers
from partners.handover.webhook_delivery import Outcome, WebhookDelivery
from partners.submissions.access_log import Way, record_access

logger = logging.getLogger(__name__)

USER_AGENT = "Qianhai-Webhooks/1"


def send_next(on_claim: Callable[[], None] = lambda: None) -> bool:
    """Try once to send the webhook whose turn it is; say whether there was one.

    Whatever becomes of the attempt is in the rows. `on_claim` is called between the claim and the conversation.
    Raises the database's error where it is away: the lease then runs out, and the delivery is found again.
    """
    claim = claim_next(worker_name())
    if claim is None:
        return False
    on_claim()
    started = monotonic()
    try:
        status = _build_and_post(claim)
    except MayNotBeSent:
        keep_trying(lambda: record_withheld(claim))
        logger.info("Webhook %s: not sent, since it may not be any more.", claim.delivery.pk)
    except NotTaken as error:
        outcome, answered = error.outcome, error.status
        took = timedelta(seconds=monotonic() - started)
        keep_trying(lambda: record_failure(claim, outcome, answered, took))
        logger.warning("Webhook %s: %s %s.", claim.delivery.pk, outcome.value, answered or "")
    else:
        took = timedelta(seconds=monotonic() - started)
        keep_trying(lambda: record_taken(claim, status, took))
    return True


def _build_and_post(claim: Claim) -> int:
    delivery = claim.delivery
    payload = _build(delivery)
    endpoint = delivery.endpoint
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        **signed_headers(endpoint, delivery.webhook_id, payload.body, timezone.now()),
    }

    def write_down() -> None:
        if payload.of is not None:
            record_access(Way.HAND_OVER, via=f"webhook {endpoint.name}", submission=payload.of, count=1)

    return post(endpoint.url, payload.body, headers, Conversation(settings.WEBHOOK_SECONDS), write_down)


def _build(delivery: WebhookDelivery) -> Payload:
    try:
        return build_payload(delivery)
    except MayNotBeSent:
        raise
    except Exception as error:
        if database_is_away(error):
            raise
        # One request that cannot be described must not hold up the others. The log has the reason.
        logger.exception("Webhook %s could not be built.", delivery.pk)
        raise NotTaken(Outcome.UNBUILDABLE) from error


def webhook_pump(senders: int = 3) -> Pump:
    """Return what sends webhooks within the worker: threads of its own, so that mail waits for no receiver."""
    next_due = WebhookDelivery.objects.seconds_to_next_due
    line = Line("webhook", CHANNEL, next_due, bring_times_back=bring_webhooks_back)
    return Pump(senders, send_next, line)
