"""Which pictures have been made for sharing articles, and which of them are out of date?"""

from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.db import models, transaction


def storage_name(instance: "ShareImage", filename: str) -> str:
    """Return where the picture lies: among the public pictures, under a name that changes with what it shows."""
    return f"images/share/{instance.digest}.jpg"


class ShareImage(models.Model):
    """One picture of an article: wanted when it has no file yet, out of date when `superseded_at` is set.

    A row is the order to draw it, so that a killed worker or a lost job loses no picture.
    """

    article = models.ForeignKey("partners.PartnerArticlePage", on_delete=models.CASCADE, related_name="share_images")
    digest = models.CharField(max_length=64)
    file = models.FileField(upload_to=storage_name, max_length=120, blank=True)
    wanted_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["article", "digest"], name="share_image_shows_one_thing"),
            models.UniqueConstraint(
                fields=["article"], condition=models.Q(superseded_at=None), name="share_image_has_one_current"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["wanted_at"],
                condition=models.Q(file="", superseded_at=None),
                name="share_image_wanted",
            ),
            models.Index(
                fields=["superseded_at"],
                condition=models.Q(superseded_at__isnull=False),
                name="share_image_out_of_date",
            ),
        ]

    def __str__(self) -> str:
        return self.file.name or f"{self.digest} (wanted)"


def remove_stored_picture(instance: ShareImage, **signal: Any) -> None:
    """Remove the file of a row that was deleted, once that is certain."""
    name = instance.file.name
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))
