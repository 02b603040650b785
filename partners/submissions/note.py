"""What do colleagues write down about a request?"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.brochures.forgetting import register_eraser
from partners.brochures.submission import Submission

NOTE_LENGTH = 2000


class SubmissionNote(models.Model):
    """A note of one colleague for the others. Written once; erasing the person takes it away."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("note"), max_length=NOTE_LENGTH)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(text=""), name="note_says_something")
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"


def register() -> None:
    """Name the notes to every erasure, and to the file of a person's data."""
    register_eraser("notes", _("Notes of the desk"), forget_notes, count=_count, tell=_tell)


def forget_notes(submission_ids: Sequence[int], address: str) -> int:
    """Remove the notes about the requests; return how many."""
    return SubmissionNote.objects.filter(submission__in=submission_ids).delete()[0]


def _count(submission_ids: Sequence[int], address: str) -> int:
    return SubmissionNote.objects.filter(submission__in=submission_ids).count()


def _tell(submission_ids: Sequence[int], address: str) -> Iterator[dict[str, Any]]:
    for note in SubmissionNote.objects.filter(submission__in=submission_ids).order_by("pk"):
        yield {"at": note.created_at, "text": note.text, "by": "desk"}
