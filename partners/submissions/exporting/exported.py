"""Which requests were in which export?"""

from array import array
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partners.brochures.submission import Submission
from partners.submissions.exporting.export import RequestExport

# Ids in one row: so many are looked through to find one.
BATCH = 2000


class ExportedBatch(models.Model):
    """Some of the requests in an export, by their ids, from `lowest` to `highest`. Kept as long as the export's row."""

    export = models.ForeignKey(RequestExport, on_delete=models.CASCADE, related_name="batches")
    lowest = models.BigIntegerField()
    highest = models.BigIntegerField()
    submissions = ArrayField(models.BigIntegerField())

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["lowest", "highest"], name="exported_between")]

    def __str__(self) -> str:
        return f"part of export {self.export_id}"


def keep_exported(export: RequestExport, submission_ids: "array[int]") -> None:
    """Write down which requests left with `export`; called in the transaction that says that it is there."""
    ids = sorted(submission_ids)
    ExportedBatch.objects.bulk_create(
        (
            ExportedBatch(export=export, lowest=part[0], highest=part[-1], submissions=part)
            for part in (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
        ),
        batch_size=50,
    )


def exports_of(submission: Submission) -> models.QuerySet[RequestExport]:
    """Return the exports that `submission` was in, oldest first."""
    batches = ExportedBatch.objects.filter(
        lowest__lte=submission.pk, highest__gte=submission.pk, submissions__contains=[submission.pk]
    )
    return RequestExport.objects.filter(pk__in=batches.values("export")).select_related("user").order_by("pk")
