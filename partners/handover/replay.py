"""How is a webhook sent again that was given up?"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models.functions import Now
from wagtail.log_actions import log

from partners.delivery.alarm import wake_workers
from partners.handover.endpoint import WebhookEndpoint
from partners.handover.queueing import CHANNEL
from partners.handover.webhook_delivery import State, WebhookDelivery

REPLAY = "partners.webhook.replay"
REPLAY_ALL = "partners.webhook.replay_all"


def replay(delivery: WebhookDelivery, by: AbstractBaseUser) -> bool:
    """Queue a delivery again that was given up, under the same id and with fresh patience, and log that `by` did it.

    False, and nothing changed, where it is not given up: a double click.
    """
    with transaction.atomic():
        if not _queue_again(delivery.endpoint, pk=delivery.pk):
            return False
        log(instance=delivery.endpoint, action=REPLAY, user=by, data={"reference": delivery.reference})
    return True


def replay_all(endpoint: WebhookEndpoint, by: AbstractBaseUser) -> int:
    """Queue every delivery again that was given up for `endpoint`, log it, and return how many there were."""
    with transaction.atomic():
        count = _queue_again(endpoint)
        if count:
            log(instance=endpoint, action=REPLAY_ALL, user=by, data={"count": count})
    return count


def _queue_again(endpoint: WebhookEndpoint, **which: int) -> int:
    failed = WebhookDelivery.objects.filter(endpoint=endpoint, state=State.FAILED, **which)
    count = failed.update(state=State.QUEUED, due_at=Now(), closed_at=None, first_tried_at=None, last_error="")
    if count:
        wake_workers(CHANNEL)
    return count
