"""Committed deliveries that need no request: the news of erasures."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from django.db import connection

from partners.brochures.request_events import RequestEvent
from partners.delivery.alarm import wake_workers
from partners.handover.endpoint import WebhookEndpoint
from partners.handover.queueing import CHANNEL
from partners.handover.webhook_delivery import WebhookDelivery

_numbers = count(1)


@contextmanager
def committed_endpoint(url: str = "https://crm.example/") -> Iterator[WebhookEndpoint]:
    """Commit an endpoint, and remove it with its deliveries afterwards."""
    endpoint = WebhookEndpoint.objects.create(name="CRM", url=url, ground="own", kinds=[])
    try:
        yield endpoint
    finally:
        connection.close()
        endpoint.delete()


def deliver(endpoint: WebhookEndpoint, reference: str = "") -> WebhookDelivery:
    """Commit a delivery that is due now, and wake the workers."""
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint, reference=reference or f"QH-OUT-{next(_numbers)}", event=RequestEvent.ERASED
    )
    wake_workers(CHANNEL)
    return delivery
