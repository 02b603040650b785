"""Which words has an editor given a letter, and which does it have otherwise?"""

import logging
from dataclasses import asdict
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField
from wagtail.models import PreviewableMixin

from partners.letters.checking import problems
from partners.letters.kinds import LINE_FIELDS, PROSE_FIELDS, LetterKind
from partners.letters.languages import language_words
from partners.letters.prose import FEATURES
from partners.letters.words import ShippedText

logger = logging.getLogger(__name__)

_FIELDS = (*LINE_FIELDS, *PROSE_FIELDS)
# More than any letter of ours needs, and far below what mail programs cut off.
LONGEST_PROSE = 4000


class LetterText(PreviewableMixin, models.Model):
    """An editor's words for one letter in one language. Without a row the letter has the words it was shipped with."""

    kind = models.CharField(_("letter"), max_length=32, choices=LetterKind.choices)
    language = models.CharField(_("language"), max_length=16, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=150)
    preheader = models.CharField(
        _("line beside the subject"), max_length=150, blank=True, help_text=_("Mailboxes show it in their list.")
    )
    heading = models.CharField(_("heading"), max_length=150)
    body = RichTextField(_("words before the button"), features=FEATURES, max_length=LONGEST_PROSE)
    button = models.CharField(
        _("words on the button"), max_length=60, help_text=_("The button carries the link and cannot be left out.")
    )
    closing = RichTextField(_("words after the button"), features=FEATURES, max_length=LONGEST_PROSE, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    preview_modes: ClassVar[list[tuple[str, object]]] = [
        ("html", _("Letter")),
        ("dark", _("Letter, dark")),
        ("text", _("Plain text")),
    ]
    preview_sizes: ClassVar[list[dict[str, object]]] = [
        {"name": "mobile", "icon": "mobile-alt", "device_width": 375, "label": _("Preview on a phone")},
        {"name": "desktop", "icon": "desktop", "device_width": 900, "label": _("Preview on a desktop")},
    ]

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering: ClassVar[list[str]] = ["kind", "language"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "language"], name="letter_text_once"),
            models.CheckConstraint(condition=Q(kind__in=LetterKind.values), name="letter_text_kind"),
            models.CheckConstraint(
                condition=~Q(subject="") & ~Q(heading="") & ~Q(body="") & ~Q(button=""), name="letter_text_complete"
            ),
            # RFC 5322, 2.2: a line break would begin another header.
            models.CheckConstraint(condition=~Q(subject__regex=r"[\r\n]"), name="letter_text_subject_is_one_line"),
        ]

    def __str__(self) -> str:
        return f"{LetterKind(self.kind).label} ({self.get_language_display()})" if self.kind else ""

    def clean(self) -> None:
        """Refuse words that would make a broken letter.

        Raises ValidationError with a list for each field: unknown and malformed placeholders, links that cannot stand
        in a letter.
        """
        super().clean()
        if self.kind in LetterKind.values and (found := problems(self.kind, self.words())):
            raise ValidationError(found)

    def words(self) -> ShippedText:
        """Return the words as a letter is written from them."""
        return ShippedText(**{field: getattr(self, field) for field in _FIELDS})

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show the letter with sample values, as HTML, in the dark, or as plain text."""
        from partners.letters.preview import preview  # noqa: PLC0415  a preview is written from this model

        return preview(self, mode_name)


def shipped_text(kind: str, language: str) -> LetterText:
    """Return the letter as it was shipped, not stored. Raises ValueError for an unknown kind."""
    words = language_words(language).shipped[LetterKind(kind)]
    return LetterText(kind=kind, language=language, **asdict(words))


def words_in_force(kind: str, language: str) -> ShippedText:
    """Return the words for the letter: an editor's where there are any, else the shipped ones.

    A row that could not be saved today (restored, imported, of an older release) is passed over, so that the letter
    still goes out. Raises ValueError for an unknown kind.
    """
    stored = LetterText.objects.filter(kind=kind, language=language).first()
    if stored is not None:
        words = stored.words()
        if not problems(kind, words):
            return words
        logger.error("The stored words of letter %s, %s, cannot be used: the shipped ones are sent.", kind, language)
    return shipped_text(kind, language).words()
