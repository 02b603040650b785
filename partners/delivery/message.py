"""What do we know of a mail that is on its way, and in which states can it be?"""

import uuid
from datetime import timedelta
from email.utils import parseaddr
from functools import lru_cache
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.functions import Lower, Now
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

from partners.not_ascii import is_not_ascii


class State(models.TextChoices):
    """Where a message stands. 'sent' means that the next mail server has accepted it, no more than that."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Bounced")
    COMPLAINED = "complained", _("Complained")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


# Accepted by the next mail server; the states after 'sent' come from what its operator reports later. They stand by
# rank: a report never moves a message to a lower one.
ACCEPTED_STATES = (State.SENT, State.DELIVERED, State.BOUNCED, State.COMPLAINED)
CLOSED_STATES = (*ACCEPTED_STATES, State.FAILED, State.CANCELLED)

# By these words a message is known that was called back since it may have left before the database was restored.
HELD_AFTER_RESTORE = "Held after a restore: it may have left since the backup."

_UNCLAIMED = Q(claim_token__isnull=True, claimed_at__isnull=True, lease_until__isnull=True, worker="")


def new_message_id() -> str:
    """Return a Message-ID (RFC 5322, 3.6.4) under the domain of DEFAULT_FROM_EMAIL, angle brackets included."""
    return f"<{uuid.uuid4().hex}@{_domain_of(settings.DEFAULT_FROM_EMAIL)}>"


@lru_cache(maxsize=8)
def _domain_of(sender: str) -> str:
    """Return the domain of an address with or without a name, in ASCII."""
    return punycode(parseaddr(sender)[1].rpartition("@")[2])


def in_seconds(seconds: float) -> models.expressions.CombinedExpression:
    """Return the database's own time in `seconds` from now, to compare with or to store.

    Every time that decides who may send, and when, is the database's: a machine whose clock is wrong
    neither holds mail back nor steals another worker's lease.
    """
    return Now() + timedelta(seconds=seconds)


class OutgoingMessageQuerySet(models.QuerySet["OutgoingMessage"]):
    """The questions that the worker and the desk ask of messages."""

    def due(self) -> "OutgoingMessageQuerySet":
        """Return what waits and may be tried now."""
        return self.filter(state=State.QUEUED, due_at__lte=Now())

    def abandoned(self) -> "OutgoingMessageQuerySet":
        """Return what a worker claimed and no longer renews: it was killed, stopped or cut off."""
        return self.filter(state=State.SENDING, lease_until__lt=Now())

    def claimable(self) -> "OutgoingMessageQuerySet":
        """Return what a worker may claim now: the due and the abandoned."""
        return self.filter(
            Q(state=State.QUEUED, due_at__lte=Now()) | Q(state=State.SENDING, lease_until__lt=Now()),
        )

    def in_nobodys_hands(self) -> "OutgoingMessageQuerySet":
        """Return what still has to be sent and no worker holds: what waits, due or not, and the abandoned."""
        return self.filter(Q(state=State.QUEUED) | Q(state=State.SENDING, lease_until__lt=Now()))

    def held_after_restore(self) -> "OutgoingMessageQuerySet":
        """Return what was called back since it may have left before the database was restored."""
        return self.filter(state=State.CANCELLED, last_error=HELD_AFTER_RESTORE)

    def seconds_to_next_due(self) -> float | None:
        """Return how long until the next message that is not yet due will be; None where there is none."""
        wait = ExpressionWrapper(F("due_at") - Now(), output_field=models.DurationField())
        waiting = self.filter(state=State.QUEUED, due_at__gt=Now()).order_by("due_at")
        soonest: timedelta | None = waiting.values_list(wait, flat=True).first()
        return None if soonest is None else soonest.total_seconds()

    def open(self) -> "OutgoingMessageQuerySet":
        """Return what still has to be sent."""
        return self.filter(state__in=[State.QUEUED, State.SENDING])


class OutgoingMessage(models.Model):
    """One mail to one address: the row decides what happens to it, a notification merely wakes a worker.

    Make one with `partners.delivery.queue.queue_message`; nothing but the functions of this package changes its state.
    `to` is empty once its person was forgotten.
    """

    kind = models.CharField(max_length=50)
    to = models.EmailField(max_length=320)
    # The same on every automatic retry, so that a mail server or mailbox can drop a duplicate.
    message_id = models.CharField(max_length=320, unique=True, default=new_message_id, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # When the next attempt may start; empty in every state but 'queued'.
    due_at = models.DateTimeField(db_default=Now(), null=True)
    # Who is sending, since when, and until when nobody else may; empty in every state but 'sending'.
    claim_token = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=100, blank=True, default="")
    # When the next mail server accepted it, and when it needed no further attempt.
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True, default="")
    # What the provider calls the message: a way to find it when the provider says what became of it.
    provider_id = models.CharField(max_length=255, blank=True, default="")

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state="queued"), name="outgoing_message_due"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="outgoing_message_leased"),
            # These two are for whoever watches: what is open, of which there is little, and what was closed lately.
            models.Index(fields=["created_at"], condition=Q(closed_at__isnull=True), name="outgoing_message_open"),
            models.Index(
                fields=["closed_at", "state"], condition=Q(closed_at__isnull=False), name="outgoing_message_closed"
            ),
            # The desk looks for what is rare among all that was sent.
            models.Index(
                fields=["state"], condition=~Q(state__in=["sent", "delivered"]), name="outgoing_message_rare_state"
            ),
            # Whoever asks what went to an address need not know in which case it was typed.
            models.Index(
                OpClass(Lower("to"), name="text_pattern_ops"), condition=~Q(to=""), name="outgoing_message_to"
            ),
            models.Index(fields=["id"], condition=is_not_ascii("to"), name="outgoing_message_to_not_ascii"),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="outgoing_message_provider_id"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="outgoing_message_addressed",
                # Only one that is over can have lost its address (`forget.py`).
                condition=(~Q(to="") | Q(state__in=CLOSED_STATES)) & ~Q(message_id="") & ~Q(kind=""),
            ),
            models.CheckConstraint(name="outgoing_message_state", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="outgoing_message_queued",
                condition=~Q(state="queued")
                | (_UNCLAIMED & Q(due_at__isnull=False, sent_at__isnull=True, closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="outgoing_message_sending",
                condition=~Q(state="sending")
                | (
                    Q(claim_token__isnull=False, claimed_at__isnull=False, lease_until__isnull=False)
                    & ~Q(worker="")
                    & Q(attempts_count__gte=1, due_at__isnull=True, sent_at__isnull=True, closed_at__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="outgoing_message_accepted",
                condition=~Q(state__in=ACCEPTED_STATES)
                | (
                    _UNCLAIMED
                    & Q(attempts_count__gte=1, due_at__isnull=True, sent_at__isnull=False, closed_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="outgoing_message_provider",
                condition=Q(provider_id="") | Q(state__in=ACCEPTED_STATES),
            ),
            models.CheckConstraint(
                name="outgoing_message_failed",
                condition=~Q(state="failed") | (_UNCLAIMED & Q(due_at__isnull=True, closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="outgoing_message_cancelled",
                condition=~Q(state="cancelled")
                | (_UNCLAIMED & Q(due_at__isnull=True, sent_at__isnull=True, closed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} message {self.pk} ({self.state})"

    @property
    def is_open(self) -> bool:
        """Say whether the message still has to be sent."""
        return self.state in {State.QUEUED, State.SENDING}
