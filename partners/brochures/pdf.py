"""Is an uploaded file a PDF that we can send, and what is in it?"""

import hashlib
import zipfile
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from pypdf import PdfReader

# ISO 32000-2, 7.5.5: the last line. Adobe's readers look for it in so many bytes, for what mail and disks append.
_END, _TAIL = b"%%EOF", 1024


@dataclass(frozen=True)
class PdfFacts:
    """What is recorded of a brochure's file: sha256 as hex, size in bytes, pages."""

    sha256: str
    size: int
    page_count: int


def inspect_pdf(file: Any, size: int) -> PdfFacts:
    """Read `file` (open for bytes, at any position; left at the start) of `size` bytes and return its facts.

    Raises ValidationError, in words for an editor, for a file that is too large, is not a PDF by its
    content, is damaged, or asks for a password.
    """
    if size > settings.BROCHURE_MAX_BYTES:
        raise ValidationError(
            _("The file has %(size)s; at most %(limit)s can be taken. Export the PDF for the web and try again.")
            % {"size": filesizeformat(size), "limit": filesizeformat(settings.BROCHURE_MAX_BYTES)}
        )
    if size == 0:
        raise ValidationError(_("This file is empty. Export the PDF again."))
    file.seek(0)
    # ISO 32000-2, 7.5.2: a PDF begins with its version.
    if file.read(5) != b"%PDF-":
        raise ValidationError(_("This file is not a PDF, whatever its name says. Upload a PDF."))
    _check_end(file, size)
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    try:
        reader = PdfReader(file)
        if reader.is_encrypted:
            raise ValidationError(
                _(
                    "This PDF has a password, if only against printing or copying. "
                    "Save it without one and upload it again."
                )
            )
        page_count = len(reader.pages)
    except ValidationError:
        raise
    except Exception as error:  # pypdf raises anything on a file that was cut or made to hurt
        raise ValidationError(_("This PDF is damaged: it cannot be opened. Export it again.")) from error
    finally:
        file.seek(0)
    if page_count == 0:
        raise ValidationError(_("This PDF has no pages. Export it again."))
    return PdfFacts(sha256=sha256, size=size, page_count=page_count)


def _check_end(file: Any, size: int) -> None:
    """Check that the file ends where the PDF does, and is not an archive as well.

    A file that was cut would open with pages missing. One that two programs read in two ways is what scanners
    of mail take for an attack. Raises ValidationError.
    """
    file.seek(max(size - _TAIL, 0))
    _before, end, after = file.read(_TAIL).rpartition(_END)
    if not end:
        raise ValidationError(_("This PDF is cut short or damaged: its end is missing. Export it again."))
    file.seek(0)
    if after.strip(b"\0\t\n\f\r ") or zipfile.is_zipfile(file):
        raise ValidationError(_("This PDF holds another file behind its end. Export it again."))
