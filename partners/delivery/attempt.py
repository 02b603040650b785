"""What happened each time we tried to send a message?"""

from datetime import timedelta
from typing import Any, ClassVar, Never

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.delivery.message import OutgoingMessage


class Outcome(models.TextChoices):
    """How an attempt ended. All but 'accepted' are kinds of failure, each with its own patience (`retry.py`)."""

    ACCEPTED = "accepted", _("Accepted by the mail server")
    UNREACHABLE = "unreachable", _("Mail server not reachable")
    TIMEOUT = "timeout", _("Mail server did not answer in time")
    DISCONNECTED = "disconnected", _("Mail server ended the connection")
    DEFERRED = "deferred", _("Mail server asked to come back later")
    MISCONFIGURED = "misconfigured", _("Mail server does not let us send")
    REFUSED = "refused", _("Mail server refused the address or the message")
    BAD_ADDRESS = "bad address", _("Address that cannot be written to")
    UNBUILDABLE = "unbuildable", _("Letter could not be built")
    ABANDONED = "abandoned", _("Worker was stopped while sending")


# The most milliseconds that the log holds: 24 days.
_LONGEST = 2**31 - 1


def as_logged(took: timedelta) -> int:
    """Return how many milliseconds an attempt took, as far as the log can say.

    A database whose clock was set back in the meantime would say less than nothing. And where a site was stopped, or a
    database restored that old, what a worker left may lie for longer than the log holds.
    """
    return min(max(0, round(took / timedelta(milliseconds=1))), _LONGEST)


class AppendOnlyError(TypeError):
    """Somebody tried to change what was written down about an attempt."""


class DeliveryAttemptQuerySet(models.QuerySet["DeliveryAttempt"]):
    """Attempts can be read and added, never changed."""

    def update(self, **kwargs: Any) -> Never:
        """Refuse. Raises AppendOnlyError."""
        raise AppendOnlyError("A delivery attempt is never changed.")


class DeliveryAttempt(models.Model):
    """One line of a message's log: written once when the attempt has ended, never changed but to forget a person.

    `duration` is in milliseconds; `smtp_text` is what the server said, without the recipient's address.
    """

    message = models.ForeignKey(OutgoingMessage, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    duration = models.PositiveIntegerField()
    outcome = models.CharField(max_length=20, choices=Outcome)
    smtp_code = models.PositiveSmallIntegerField(null=True)
    smtp_text = models.CharField(max_length=500, blank=True, default="")
    worker = models.CharField(max_length=100)

    objects = DeliveryAttemptQuerySet.as_manager()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["message", "number"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["started_at"], name="delivery_attempt_lately")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message", "number"], name="delivery_attempt_number"),
            models.CheckConstraint(name="delivery_attempt_outcome", condition=models.Q(outcome__in=Outcome.values)),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} at message {self.message_id}: {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the attempt down. Raises AppendOnlyError where it already was."""
        if not self._state.adding:
            raise AppendOnlyError("A delivery attempt is never changed.")
        super().save(*args, **kwargs)
