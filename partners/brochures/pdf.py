"""Is an uploaded file a PDF that we can send, and what is in it?"""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from pypdf import PdfReader


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
    file.seek(0)
    # ISO 32000-2, 7.5.2: a PDF begins with its version.
    if file.read(5) != b"%PDF-":
        raise ValidationError(_("This file is not a PDF, whatever its name says. Upload a PDF."))
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    try:
        reader = PdfReader(file)
        if reader.is_encrypted:
            raise ValidationError(_("This PDF asks for a password. Save it without one and upload it again."))
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
