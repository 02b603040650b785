"""How do the staff hear once a day of what came in, exactly once?"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count
from django.db.models.functions import Coalesce

from partners.brochures.message import BrochureMessage
from partners.brochures.quarantine import WITHOUT_LETTER
from partners.brochures.staff_notice import Notify, StaffRecipient
from partners.brochures.submission import Submission
from partners.delivery.message import OutgoingMessage, State
from partners.delivery.queue import queue_message

DIGEST_KIND = "staff_digest"
# The desk's morning, whatever zone the site shows its times in.
DESK_ZONE = ZoneInfo("Asia/Hong_Kong")
DUE = time(8, 0)
# What came in just before belongs to the next day: its transaction may not have been committed when the day is counted.
SETTLED = timedelta(minutes=5)
_FAILED = (State.FAILED, State.BOUNCED)


class StaffDigest(models.Model):
    """A day that was told, and the time it was about: after `since`, up to `until`. One row a day, whoever makes it."""

    day = models.DateField(unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(since__lt=models.F("until")), name="staff_digest_has_a_span")
        ]

    def __str__(self) -> str:
        return f"digest of {self.day}"


class StaffDigestMessage(OutgoingMessage):
    """A digest on its way to one recipient. `counts` is a list of {form, requests, failed}: numbers, no person."""

    digest = models.ForeignKey(StaffDigest, on_delete=models.CASCADE, related_name="messages")
    language = models.CharField(max_length=16, choices=settings.LANGUAGES)
    counts = models.JSONField(default=list)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()


@dataclass
class _Recipient:
    email: str
    language: str
    forms: dict[int, str]


def send_digest(now: datetime) -> StaffDigest | None:
    """Make the digest that is due at `now`, with its messages, in one transaction; None where nothing is due.

    Due once a day, from 08:00 in Hong Kong on; late after an outage rather than never, and then about all the time
    since the last one. The first of all is about one day. Any number of workers may call this at the same moment:
    the day's row is made once, and its messages with it. Nobody is written to about nothing.
    """
    local = now.astimezone(DESK_ZONE)
    if local.time() < DUE:
        return None
    until = datetime.combine(local.date(), DUE, DESK_ZONE) - SETTLED
    with transaction.atomic():
        last = StaffDigest.objects.order_by("-day").first()
        since = last.until if last is not None else until - timedelta(days=1)
        if since >= until:
            return None
        digest, made = StaffDigest.objects.get_or_create(day=local.date(), defaults={"since": since, "until": until})
        if not made:
            return None
        _queue_messages(digest)
        return digest


def _queue_messages(digest: StaffDigest) -> None:
    requests, failed = _requests(digest), _failed(digest)
    for recipient in _recipients():
        counts = [
            {"form": title, "requests": requests[form], "failed": failed[form]}
            for form, title in recipient.forms.items()
            if requests[form] or failed[form]
        ]
        if counts:
            message = StaffDigestMessage(
                kind=DIGEST_KIND, to=recipient.email, digest=digest, language=recipient.language, counts=counts
            )
            queue_message(message)


def _recipients() -> list[_Recipient]:
    """Return each address that wants a digest, with the titles of its forms; listed twice, it gets one message."""
    found: dict[str, _Recipient] = {}
    listed = StaffRecipient.objects.filter(notify=Notify.DAILY).select_related("form_page").order_by("pk")
    for row in listed:
        page: Any = row.form_page
        recipient = found.setdefault(row.email.casefold(), _Recipient(row.email, row.language, {}))
        recipient.forms[page.pk] = page.title
    return list(found.values())


def _requests(digest: StaffDigest) -> Counter[int]:
    """Return how many requests came in through each form; one that was held back counts when it was released."""
    new = Submission.objects.exclude(WITHOUT_LETTER).annotate(accepted_at=Coalesce("released_at", "created_at"))
    new = new.filter(accepted_at__gt=digest.since, accepted_at__lte=digest.until)
    return Counter(dict(new.order_by().values_list("form_page_id").annotate(Count("pk"))))


def _failed(digest: StaffDigest) -> Counter[int]:
    """Return how many letters to readers of each form failed or came back."""
    lost: Any = BrochureMessage.objects.filter(
        state__in=_FAILED, closed_at__gt=digest.since, closed_at__lte=digest.until
    )
    return Counter(dict(lost.order_by().values_list("submission__form_page_id").annotate(Count("pk"))))
