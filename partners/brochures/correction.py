"""To which other address was a request's brochure sent, because the one that was typed was wrong?"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.brochures.forgetting import register_eraser
from partners.brochures.submission import Submission


class AddressCorrection(models.Model):
    """That the desk put another address in the place of a request's. The first one's `before` is what was typed."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="corrections")
    before = models.EmailField(max_length=254)
    after = models.EmailField(max_length=254)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(before="") & ~models.Q(after="") & ~models.Q(before=models.F("after")),
                name="correction_changes_the_address",
            )
        ]

    def __str__(self) -> str:
        return f"address correction {self.pk}"


def register() -> None:
    """Name the corrections to every erasure, and to the file of a person's data."""
    register_eraser("corrections", _("Corrected addresses"), forget_corrections, count=_count, tell=_tell)


def forget_corrections(submission_ids: Sequence[int], address: str) -> int:
    """Remove the corrections of the requests; return how many."""
    return AddressCorrection.objects.filter(submission__in=submission_ids).delete()[0]


def _count(submission_ids: Sequence[int], address: str) -> int:
    return AddressCorrection.objects.filter(submission__in=submission_ids).count()


def _tell(submission_ids: Sequence[int], address: str) -> Iterator[dict[str, Any]]:
    for correction in AddressCorrection.objects.filter(submission__in=submission_ids):
        yield {"at": correction.at, "before": correction.before, "after": correction.after}
