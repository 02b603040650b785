"""What does a webhook say? Read from the request at the moment of sending, so that nothing leaves late."""

import json
from dataclasses import dataclass
from typing import Any

from partners.brochures.request_events import WITH_DATA, RequestEvent
from partners.brochures.submission import Submission
from partners.handover.reading import allowed_to, fetch
from partners.handover.request_data import describe
from partners.handover.webhook_delivery import WebhookDelivery

VERSION = 1
TYPES = {
    RequestEvent.ACCEPTED: "request.accepted",
    RequestEvent.CORRECTED: "request.corrected",
    RequestEvent.WITHDRAWN: "consent.withdrawn",
    RequestEvent.ERASED: "request.erased",
}


class MayNotBeSent(Exception):  # noqa: N818  named for what happened
    """The data may not be handed over any more: withdrawn, erased, or held back."""


@dataclass(frozen=True)
class Payload:
    """The `body` in JSON; `of` is the request whose personal data it holds, None where it holds none."""

    body: bytes
    of: Submission | None


def build_payload(delivery: WebhookDelivery) -> Payload:
    """Return what is said now for `delivery`. Raises MayNotBeSent.

    That a consent was withdrawn or a request erased is told by its reference alone.
    """
    if delivery.event in WITH_DATA:
        endpoint = delivery.endpoint
        found = fetch(allowed_to(endpoint).filter(reference=delivery.reference), endpoint)
        if not found:
            raise MayNotBeSent
        data = describe(found[0], endpoint).model_dump(mode="json")
        return Payload(_write(delivery, data), found[0])
    data = {"reference": delivery.reference}
    if delivery.purpose:
        data["purpose"] = delivery.purpose
    return Payload(_write(delivery, data), None)


def _write(delivery: WebhookDelivery, data: dict[str, Any]) -> bytes:
    content = {
        "type": TYPES[RequestEvent(delivery.event)],
        "version": VERSION,
        "timestamp": delivery.created_at.isoformat(),
        "data": data,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
