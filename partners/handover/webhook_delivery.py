"""What do we know of an event that a webhook tells: is it on its way, has it arrived, and what was tried?"""

import uuid
from typing import Any, ClassVar, Never

from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.brochures.consent_wording import Purpose
from partners.brochures.request_events import RequestEvent
from partners.brochures.submission import Submission
from partners.delivery.attempt import AppendOnlyError
from partners.handover.endpoint import WebhookEndpoint


class State(models.TextChoices):
    """Where a delivery stands."""

    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Arrived")
    WITHHELD = "withheld", _("Not sent: it may not be any more")
    FAILED = "failed", _("Given up")


OPEN = (State.QUEUED, State.SENDING)
_UNCLAIMED = Q(claim_token__isnull=True, claimed_at__isnull=True, lease_until__isnull=True, worker="")


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    """The questions that the worker and the admin ask of deliveries."""

    def abandoned(self) -> "WebhookDeliveryQuerySet":
        """Return what a worker claimed whose lease has run out: it was killed or cut off."""
        return self.filter(state=State.SENDING, lease_until__lt=Now())

    def seconds_to_next_due(self) -> float | None:
        """Return how long it is until the next delivery that waits for its time is due; None where none waits."""
        wait = ExpressionWrapper(F("due_at") - Now(), output_field=models.DurationField())
        waiting = self.filter(state=State.QUEUED, due_at__gt=Now()).order_by("due_at")
        soonest = waiting.values_list(wait, flat=True).first()
        return None if soonest is None else soonest.total_seconds()


class WebhookDelivery(models.Model):
    """One event for one endpoint: the row is the truth, and holds no personal data but the request's reference.

    What is told is read from the request when it is sent, so what was erased or withdrawn since never leaves. Made by
    `queue_webhooks`; `event_id` is the same however often it is sent.
    """

    event_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("webhook")
    )
    # Empty where the row of an erased request was removed altogether: its erasure is told all the same.
    submission = models.ForeignKey(Submission, on_delete=models.SET_NULL, null=True, related_name="webhook_deliveries")
    reference = models.CharField(_("reference"), max_length=16)
    event = models.CharField(_("event"), max_length=10, choices=RequestEvent)
    purpose = models.CharField(_("consent"), max_length=10, choices=Purpose, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempts_count = models.PositiveIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("time"), db_default=Now(), editable=False)
    # When the next attempt may start; empty in every state but 'queued'.
    due_at = models.DateTimeField(_("next attempt"), db_default=Now(), null=True)
    # From when the patience counts: the first attempt, or the first after a replay.
    first_tried_at = models.DateTimeField(null=True)
    claim_token = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=100, blank=True, default="")
    closed_at = models.DateTimeField(_("ended"), null=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True, default="")

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state="queued"), name="webhook_delivery_due"),
            models.Index(
                fields=["endpoint", "due_at", "id"], condition=Q(state="queued"), name="webhook_delivery_next"
            ),
            models.Index(
                fields=["endpoint", "reference"],
                condition=Q(state__in=["queued", "sending"]),
                name="webhook_delivery_open",
            ),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="webhook_delivery_leased"),
            models.Index(fields=["endpoint"], condition=Q(state="failed"), name="webhook_delivery_failed"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # An address may be corrected again, while the correction before it is being told.
            models.UniqueConstraint(
                fields=["endpoint", "reference", "event", "purpose"],
                condition=~Q(event=RequestEvent.CORRECTED),
                name="webhook_delivery_once",
            ),
            models.CheckConstraint(
                name="webhook_delivery_is_known",
                condition=Q(state__in=State.values, event__in=RequestEvent.values, purpose__in=["", *Purpose.values])
                & ~Q(reference=""),
            ),
            models.CheckConstraint(
                name="webhook_delivery_queued",
                condition=~Q(state="queued") | (_UNCLAIMED & Q(due_at__isnull=False, closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="webhook_delivery_sending",
                condition=~Q(state="sending")
                | (
                    Q(claim_token__isnull=False, claimed_at__isnull=False, lease_until__isnull=False)
                    & Q(first_tried_at__isnull=False, due_at__isnull=True, closed_at__isnull=True)
                    & ~Q(worker="")
                ),
            ),
            models.CheckConstraint(
                name="webhook_delivery_closed",
                condition=Q(state__in=["queued", "sending"])
                | (_UNCLAIMED & Q(due_at__isnull=True, closed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()} {self.reference}"

    @property
    def webhook_id(self) -> str:
        """The event's id as the receiver sees it: by it, it knows an event that comes twice."""
        return f"evt_{self.event_id.hex}"


class WebhookTurn(models.Model):
    """When a delivery of an endpoint was claimed last: written by `claim.py`, which has every endpoint take its turn.

    A row of its own, since what stands in the endpoint's is read by what is kept for forms.
    """

    endpoint = models.OneToOneField(WebhookEndpoint, on_delete=models.CASCADE, primary_key=True, related_name="turn")
    spoken_to_at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return f"turn of webhook {self.endpoint_id}"


class Outcome(models.TextChoices):
    """How an attempt ended."""

    ACCEPTED = "accepted", _("Taken")
    REFUSED = "refused", _("Answered otherwise")
    GONE = "gone", _("Gone for good (410): the webhook is switched off")
    UNREACHABLE = "unreachable", _("Not reachable")
    FORBIDDEN = "forbidden", _("Address inside a network that we do not send to")
    CERTIFICATE = "certificate", _("Certificate not trusted")
    TIMEOUT = "timeout", _("No answer in time")
    DISCONNECTED = "disconnected", _("Connection ended without an answer")
    UNBUILDABLE = "unbuildable", _("Message could not be built")
    ABANDONED = "abandoned", _("Worker was stopped while sending")


class WebhookAttemptQuerySet(models.QuerySet["WebhookAttempt"]):
    """Attempts can be read and added, never changed."""

    def update(self, **kwargs: Any) -> Never:
        """Refuse. Raises AppendOnlyError."""
        raise AppendOnlyError("An attempt is never changed.")


class WebhookAttempt(models.Model):
    """One line of a delivery's log, written when the attempt has ended; `duration` is in milliseconds.

    Of the answer only its status is kept: the rest may repeat what was sent.
    """

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    duration = models.PositiveIntegerField()
    outcome = models.CharField(max_length=20, choices=Outcome)
    status = models.PositiveSmallIntegerField(null=True)
    worker = models.CharField(max_length=100)

    objects = WebhookAttemptQuerySet.as_manager()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["delivery", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["delivery", "number"], name="webhook_attempt_number"),
            models.CheckConstraint(name="webhook_attempt_outcome", condition=Q(outcome__in=Outcome.values)),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} at delivery {self.delivery_id}: {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the attempt down. Raises AppendOnlyError where it already was."""
        if not self._state.adding:
            raise AppendOnlyError("An attempt is never changed.")
        super().save(*args, **kwargs)
