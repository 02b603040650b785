"""What did a person see beside a box, was it ticked, and what became of the consent?"""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from partners.brochures.consent_wording import AppendOnly, ConsentWording, Purpose
from partners.brochures.submission import Submission


class ConsentRecordQuerySet(models.QuerySet["ConsentRecord"]):
    """Reads of consents. What stands is asked each time anew, so a withdrawal counts at once."""

    def of_address(self, address: str) -> Self:
        """Keep the consents of every request that `address` made, in any case."""
        if not address:  # of requests that were erased: they are not one person's
            return self.none()
        return self.alias(address=Lower("submission__email")).filter(address=Lower(Value(address)))

    def standing(self) -> Self:
        """Keep the boxes that were ticked and not withdrawn since, confirmed or not."""
        return self.filter(ticked=True).exclude(self._happened(EventKind.WITHDRAWN))

    def in_force(self) -> Self:
        """Keep what may be relied on now: news only once confirmed, the others since they were ticked."""
        return self.standing().filter(~Q(purpose=Purpose.NEWS) | Q(self._happened(EventKind.CONFIRMED)))

    def awaiting_confirmation(self) -> Self:
        """Keep what counts only once its giver confirms it."""
        return self.standing().filter(purpose=Purpose.NEWS).exclude(self._happened(EventKind.CONFIRMED))

    @staticmethod
    def _happened(kind: str) -> Exists:
        return Exists(ConsentEvent.objects.filter(record=OuterRef("pk"), kind=kind))


class ConsentRecord(models.Model):
    """One box that one request's form showed: the evidence.

    `text` is the sentence as it was shown, names filled in; `ticked` what the visitor did with the box. Never
    changed, only removed together with its request.
    """

    # No index of its own: `consent_record_once` begins with it. So it is of the events' record.
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="consents", db_index=False)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    wording = models.ForeignKey(ConsentWording, on_delete=models.PROTECT, related_name="records")
    language = models.CharField(_("language"), max_length=16, choices=settings.LANGUAGES)
    text = models.TextField(_("sentence"))
    ticked = models.BooleanField(_("ticked"))
    # Whose form it was. The key is the same in every language of the partner's page, and outlives it.
    partner_key = models.UUIDField(null=True)
    partner_name = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ConsentRecordQuerySet.as_manager()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # Whose data one partner may have is asked each time that its system reads.
            models.Index(
                fields=["partner_key", "submission"],
                condition=Q(purpose="handover", ticked=True),
                name="consent_record_handed_over",
            )
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission", "purpose"], name="consent_record_once"),
            models.CheckConstraint(
                name="consent_record_is_whole", condition=Q(purpose__in=Purpose.values) & ~Q(text="")
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk} ({self.purpose})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new record. Raises AppendOnly for one that is stored already."""
        if not self._state.adding:
            raise AppendOnly("A consent's record is never changed: add an event.")
        super().save(*args, **kwargs)

    @property
    def state(self) -> "ConsentState":
        """Where this consent itself stands; costs no query where the events are prefetched."""
        kinds = {event.kind for event in self.events.all()}
        if not self.ticked:
            return ConsentState.NOT_GIVEN
        if EventKind.WITHDRAWN in kinds:
            return ConsentState.WITHDRAWN
        if self.purpose == Purpose.NEWS and EventKind.CONFIRMED not in kinds:
            return ConsentState.AWAITING
        return ConsentState.IN_FORCE


class ConsentState(models.TextChoices):
    """Where one consent stands."""

    NOT_GIVEN = "not_given", _("Not agreed")
    AWAITING = "awaiting", _("Ticked, not confirmed")
    IN_FORCE = "in_force", _("In force")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class EventKind(models.TextChoices):
    """What can happen to a consent."""

    GIVEN = "given", _("Agreed")
    NOT_GIVEN = "not_given", _("Box left empty")
    CONFIRMED = "confirmed", _("Confirmed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Means(models.TextChoices):
    """By which way it happened."""

    FORM = "form", _("on the form")
    LETTER = "letter", _("by the button behind the second letter")
    SELF_SERVICE = "self_service", _("on the page behind a letter's link")
    ONE_CLICK = "one_click", _("by the mail program's unsubscribe button")
    DESK = "desk", _("by the desk")


class ConsentEvent(models.Model):
    """One thing that happened to a consent, when and how. Never changed; each kind happens once to a record.

    A trigger of the database repeats the rules: what was not ticked is neither confirmed nor withdrawn, what was
    withdrawn is not confirmed, and only news is confirmed.
    """

    record = models.ForeignKey(ConsentRecord, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=10, choices=EventKind)
    how = models.CharField(max_length=12, choices=Means)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="consent_event_lately"),
            # Most are nobody's of the staff.
            models.Index(fields=["user"], condition=Q(user__isnull=False), name="consent_event_of_user"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["record", "kind"], name="consent_event_once"),
            models.CheckConstraint(
                name="consent_event_is_known", condition=Q(kind__in=EventKind.values, how__in=Means.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of consent {self.record_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new event. Raises AppendOnly for one that is stored already."""
        if not self._state.adding:
            raise AppendOnly("What happened to a consent is never changed.")
        super().save(*args, **kwargs)
