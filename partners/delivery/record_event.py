"""What follows when a provider says what became of a message?"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from partners.delivery.event import DeliveryEvent, EventKind
from partners.delivery.message import OutgoingMessage
from partners.delivery.said import as_kept
from partners.delivery.transitions import mark_bounced, mark_complained, mark_delivered

logger = logging.getLogger(__name__)

_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Report:
    """What a provider says: about which message, what happened, when.

    `key` is what `message_key` gave the provider with the message; `provider_id` what the provider calls it. Either
    may be empty. `event_id` tells this report from every other of `provider`, however often it is sent.
    """

    provider: str
    event_id: str
    kind: EventKind
    occurred_at: datetime
    key: str = ""
    provider_id: str = ""
    text: str = ""


def message_key(message_id: str) -> str:
    """Return what a provider is given to name a message by when it reports: the random part of its Message-ID.

    It can be guessed by nobody, and says nothing about anybody.
    """
    return message_id.strip("<>").partition("@")[0]


def record_event(report: Report) -> bool:
    """Write down `report` and move its message, unless that is known already; say whether the message is known.

    Reports that come late, doubled or in any order do no harm. One that comes before the message is known to be
    sent is kept, and counts when it is (`apply_events`).
    """
    message_id = _find(report)
    if message_id is None:
        return False
    with transaction.atomic():
        # Against `record_accepted`: either it sees this event, or this transaction sees the message sent.
        # Whose person was forgotten since it was found is not known any more.
        locked = OutgoingMessage.objects.filter(pk=message_id).exclude(to="").select_for_update(no_key=True)
        if not locked.exists():
            return False
        event = DeliveryEvent(
            message_id=message_id,
            provider=report.provider,
            event_id=report.event_id,
            kind=report.kind,
            occurred_at=report.occurred_at,
            text=as_kept(report.text),
        )
        DeliveryEvent.objects.bulk_create([event], ignore_conflicts=True)
        # Some signatures do not cover what is said, but the event's id: whoever has seen a report of one message
        # could make it one of another.
        is_its_own = DeliveryEvent.objects.filter(
            message=message_id, kind=event.kind, provider=event.provider, event_id=event.event_id
        )
        moved = is_its_own.exists() and _apply(message_id, report.kind, event.text)
    if moved:
        logger.info("Message %s: %s, says %s.", message_id, report.kind, report.provider)
    return True


def apply_events(message_id: int) -> None:
    """Move the message, which was just sent, to where the reports say that came before we knew."""
    for kind, text in DeliveryEvent.objects.filter(message=message_id).values_list("kind", "text"):
        _apply(message_id, EventKind(kind), text)


def _find(report: Report) -> int | None:
    messages = OutgoingMessage.objects.order_by("-pk").values_list("pk", flat=True)
    if _KEY.fullmatch(report.key):
        found = messages.filter(message_id__startswith=f"<{report.key}@").first()
        if found is not None:
            return found
    if not report.provider_id:
        return None
    # Some providers go by our Message-ID, so that it is known before they have answered.
    return messages.filter(Q(provider_id=report.provider_id) | Q(message_id=report.provider_id)).first()


def _apply(message_id: int, kind: EventKind, text: str) -> bool:
    match kind:
        case EventKind.DELIVERED:
            return mark_delivered(message_id)
        case EventKind.BOUNCED:
            return mark_bounced(message_id, text)
        case EventKind.COMPLAINED:
            return mark_complained(message_id)
        case EventKind.DEFERRED:
            # The provider goes on trying: nothing has become of the message yet.
            return False
