"""What is a brochure, and which file of it does a reader get?"""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import Storage, storages
from django.db import models, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
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


class CoverFailure(models.TextChoices):
    """Why no cover could be made from a version's first page."""

    TOO_LONG = "too long", _("Drawing the first page took too long.")
    UNDRAWABLE = "undrawable", _("The first page could not be drawn.")
    NO_FILE = "no file", _("The file is missing from storage.")


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
        newest = self.current_files()
        return newest.get(language) or newest.get(settings.LANGUAGE_CODE) or next(iter(newest.values()), None)

    def current_files(self) -> "dict[str, BrochureFile]":
        """Return by language the version that whoever asks now gets."""
        newest: dict[str, BrochureFile] = {}
        for file in sorted(self.files.all(), key=lambda file: (file.version or 0, file.pk or 0)):
            newest[file.language] = file
        return newest

    def cover_for(self, language: str) -> Any:
        """Return the picture that stands for the brochure: an editor's own, else the first page of `file_for`; or None.

        What the picture shows is said by its `default_alt_text`, in the language of the file it was made from.
        """
        if self.cover is not None:
            return self.cover
        file = self.file_for(language)
        return file.cover if file else None


class BrochureFile(models.Model):
    """One version of a brochure in one language. A row whose file was sent is never changed: a new one is added.

    Versions are counted from 1 for each brochure and language, in the order in which they were added.
    """

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
    # Empty only until the row is first saved, which gives it its number.
    version = models.PositiveIntegerField(_("version"), editable=False)
    # The first page, drawn by the worker; where it could not be, why, as a code of `CoverFailure`.
    cover = models.ForeignKey(
        "wagtailimages.Image", on_delete=models.SET_NULL, related_name="+", null=True, editable=False
    )
    cover_failure = models.CharField(max_length=20, choices=CoverFailure, blank=True, default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("brochure file")
        verbose_name_plural = _("brochure files")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # As expressions: of a constraint's fields, the admin's form would compare those alone that it shows.
            models.UniqueConstraint("brochure", "language", "version", name="brochure_file_version_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="brochure_file_version_from_one"),
            models.CheckConstraint(
                condition=models.Q(cover__isnull=True) | models.Q(cover_failure=""),
                name="brochure_file_cover_or_failure",
            ),
        ]

    def __str__(self) -> str:
        words = gettext("%(name)s (%(language)s, version %(version)s)")
        return words % {
            "name": self.original_filename,
            "language": self.get_language_display(),
            "version": self.version or "–",
        }

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new row, or one that was given another language, gets the next version number there.

        The brochure's row is locked for it, so two editors at the same moment get two numbers.
        """
        with transaction.atomic():
            Brochure.objects.select_for_update(no_key=True).get(pk=self.brochure_id)
            siblings = BrochureFile.objects.filter(brochure=self.brochure_id, language=self.language)
            if not siblings.filter(pk=self.pk).exists():
                self.version = (siblings.aggregate(last=models.Max("version"))["last"] or 0) + 1
            super().save(*args, **kwargs)

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
        if self.brochure_id:
            self.refuse_known_content(BrochureFile.objects.filter(brochure=self.brochure_id))

    def refuse_known_content(self, kept: "Iterable[BrochureFile]") -> None:
        """Refuse an upload whose very bytes are among the brochure's `kept` versions, in this language, already.

        Raises ValidationError on `file`, with the number of that version.
        """
        for file in kept:
            if (file.language, file.sha256) != (self.language, self.sha256):
                continue
            if file.pk is None:
                raise ValidationError({"file": _("This file is here twice. Remove one of the two.")})
            words = _(
                "This is version %(version)s, added on %(added)s: the same file, byte for byte. No new one is needed."
            )
            added = date_format(localtime(file.created_at), "DATE_FORMAT")
            raise ValidationError({"file": words % {"version": file.version, "added": added}})

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


def remove_stored_pdf(instance: BrochureFile, **sent: Any) -> None:
    """Take the file of a version that is being deleted out of storage, once that is certain."""
    storage, name = instance.file.storage, instance.file.name
    if name:
        transaction.on_commit(lambda: storage.delete(name))
