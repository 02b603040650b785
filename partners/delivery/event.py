"""What has the provider told us about a message that it took?"""

from typing import Any, ClassVar, Never

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.delivery.attempt import AppendOnlyError
from partners.delivery.message import OutgoingMessage


class EventKind(models.TextChoices):
    """What a provider can say. That it could not or would not send a message counts as 'bounced'."""

    DEFERRED = "deferred", _("The recipient's mail server asked to come back later")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Came back")
    COMPLAINED = "complained", _("Marked as spam by the recipient")


class DeliveryEventQuerySet(models.QuerySet["DeliveryEvent"]):
    """Events can be read and added, never changed."""

    def update(self, **kwargs: Any) -> Never:
        """Refuse. Raises AppendOnlyError."""
        raise AppendOnlyError("A provider's event is never changed.")


class DeliveryEvent(models.Model):
    """One line of what a provider said about a message: written once, however often it is told.

    Never changed but to forget a person.

    `occurred_at` is the provider's time, `received_at` the database's. `text` is what the recipient's mail server
    said, without any address.
    """

    message = models.ForeignKey(OutgoingMessage, on_delete=models.CASCADE, related_name="events")
    provider = models.CharField(max_length=50)
    # The provider's own id of the event, or a digest of it where it has none.
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=EventKind)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    text = models.CharField(max_length=500, blank=True, default="")

    objects = DeliveryEventQuerySet.as_manager()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["message", "occurred_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="delivery_event_once"),
            models.CheckConstraint(name="delivery_event_kind", condition=Q(kind__in=EventKind.values)),
            models.CheckConstraint(name="delivery_event_named", condition=~Q(provider="") & ~Q(event_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.provider} about message {self.message_id}: {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the event down. Raises AppendOnlyError where it already was."""
        if not self._state.adding:
            raise AppendOnlyError("A provider's event is never changed.")
        super().save(*args, **kwargs)
