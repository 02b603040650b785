"""Which webhooks of a restored database may have been told since the backup, and how are they held?"""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from partners.brochures.request_events import WITH_DATA
from partners.delivery.message import HELD_AFTER_RESTORE
from partners.handover.claim import take_back_abandoned
from partners.handover.webhook_delivery import OPEN, State, WebhookDelivery


def open_deliveries(before: datetime | None, *, with_data: bool) -> QuerySet[WebhookDelivery]:
    """Return what is not told yet, of what was there `before` (None: all): news that hold personal data, or others."""
    found = WebhookDelivery.objects.filter(state__in=OPEN)
    found = found.filter(event__in=WITH_DATA) if with_data else found.exclude(event__in=WITH_DATA)
    return found if before is None else found.filter(created_at__lt=before)


def still_leased() -> int:
    """Return how many deliveries a worker may be sending at this moment."""
    abandoned = WebhookDelivery.objects.abandoned().values("pk")
    return WebhookDelivery.objects.filter(state=State.SENDING).exclude(pk__in=abandoned).count()


def hold_webhooks(before: datetime | None = None) -> int:
    """Give up what would tell personal data, with the reason, and return how many deliveries that were.

    They may have been told since the backup was made, and withdrawn or erased after that, which the database does not
    know. The desk sends them again, one or all of a webhook. That something has to be deleted is told all the same:
    twice does no harm. No worker may run meanwhile.
    """
    while WebhookDelivery.objects.abandoned().exists():
        take_back_abandoned()
    waiting: Any = open_deliveries(before, with_data=True).filter(state=State.QUEUED)
    held: int = waiting.update(state=State.FAILED, due_at=None, closed_at=Now(), last_error=HELD_AFTER_RESTORE)
    return held
