"""What is a brochure, and which file of it does a reader get?"""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.search import index

from partners.brochures.pdf import inspect_pdf


def private_storage() -> Storage:
    """Return the storage whose files no URL serves directly."""
    return storages["private"]


def storage_name(instance: "BrochureFile", filename: str) -> str:
    """Return a name in storage that says nothing and cannot be guessed; the visitor's name for it is kept apart."""
    return f"brochures/{uuid.uuid4().hex}.pdf"


class Brochure(index.Indexed, ClusterableModel):
    """Something to read that a partner gives away, in one or more languages."""

    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    cover = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("cover"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )

    search_fields: ClassVar[list[index.BaseField]] = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.SearchField("summary"),
    ]

    class Meta:
        verbose_name = _("brochure")
        verbose_name_plural = _("brochures")
        ordering: ClassVar[list[str]] = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def file_for(self, language: str) -> "BrochureFile | None":
        """Return the newest file in `language`; without one the default language's, else any; None without files."""
        newest: dict[str, BrochureFile] = {}
        for file in sorted(self.files.all(), key=lambda file: file.pk or 0):
            newest[file.language] = file
        return newest.get(language) or newest.get(settings.LANGUAGE_CODE) or next(iter(newest.values()), None)


class BrochureFile(models.Model):
    """One version of a brochure in one language. A row whose file was sent is never changed: a new one is added."""

    brochure = ParentalKey(Brochure, on_delete=models.CASCADE, related_name="files")
    language = models.CharField(_("language"), max_length=16, choices=settings.LANGUAGES, default="en")
    title = models.CharField(
        _("title in this language"),
        max_length=200,
        blank=True,
        help_text=_("Where it differs from the brochure's own."),
    )
    file = models.FileField(_("PDF"), storage=private_storage, upload_to=storage_name, max_length=120)
    original_filename = models.CharField(max_length=200, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(editable=False, help_text="bytes")
    page_count = models.PositiveIntegerField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("brochure file")
        verbose_name_plural = _("brochure files")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.original_filename} ({self.get_language_display()})"

    def clean(self) -> None:
        """Check a newly uploaded file by its content and note what is in it.

        Raises ValidationError on `file` for what is no sendable PDF, and for a new upload over a file that
        requests may already refer to.
        """
        super().clean()
        stored = BrochureFile.objects.filter(pk=self.pk).exclude(language=self.language).first()
        if stored and (stored.submissions.exists() or stored.links.exists()):
            raise ValidationError({"language": _("This version was sent in its language. Add a new file instead.")})
        if not self.file or self.file._committed:  # type: ignore[attr-defined]  # Django has no public name for it
            return
        if self.pk:
            raise ValidationError(
                {"file": _("This version may have been sent. Add a new file instead of replacing it.")}
            )
        self.note_upload()

    def get_title(self) -> str:
        """Return the title that readers of this file's language know."""
        return self.title or self.brochure.title

    def is_stored(self) -> bool:
        """Say whether the file is where it was put."""
        return bool(self.file.name) and self.file.storage.exists(str(self.file.name))

    def note_upload(self) -> None:
        """Take name, digest, size and number of pages from the upload that `file` holds.

        Raises ValidationError on `file` for what is no sendable PDF.
        """
        upload: Any = self.file.file
        try:
            facts = inspect_pdf(upload, self.file.size)
        except ValidationError as error:
            raise ValidationError({"file": error.messages}) from error
        self.original_filename = str(self.file.name).rsplit("/", 1)[-1][-200:]
        self.sha256, self.size, self.page_count = facts.sha256, facts.size, facts.page_count
