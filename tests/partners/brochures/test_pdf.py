"""partners/brochures/pdf.py: what may be uploaded."""

import hashlib
import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from pypdf import PdfReader, PdfWriter

from partners.brochures.pdf import inspect_pdf
from tests import builders


def test_facts_of_a_good_file():
    content = builders.pdf_bytes(4)
    facts = inspect_pdf(io.BytesIO(content), len(content))
    assert facts.page_count == 4
    assert facts.size == len(content)
    assert facts.sha256 == hashlib.sha256(content).hexdigest()


def encrypted():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(builders.pdf_bytes())))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archive_behind(pdf):
    """Return a PDF that is an archive as well, the archive's end hidden in a last comment of the PDF."""
    out = io.BytesIO(pdf)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("run.js", "alert(1)")
        archive.comment = b"\n%%EOF\n"
    return out.getvalue()


def without_pages():
    out = io.BytesIO()
    PdfWriter().write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: b"<html>not a pdf", "not a PDF"),
        (lambda: b"", "empty"),
        (lambda: builders.pdf_bytes(9, "cut" * 900)[:-1200], "cut short"),
        (lambda: builders.pdf_bytes() + b"<script>alert(1)</script>", "behind its end"),
        (lambda: archive_behind(builders.pdf_bytes()), "behind its end"),
        (lambda: b"GIF89a" + builders.pdf_bytes(), "not a PDF"),
        (lambda: b"%PDF-1.7\ngarbage", "damaged"),
        (lambda: builders.pdf_bytes()[:200], "damaged"),
        (encrypted, "password"),
        (without_pages, "no pages"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_bad_file_is_refused_in_words(content, words):
    data = content()
    with pytest.raises(ValidationError, match=words):
        inspect_pdf(io.BytesIO(data), len(data))


def test_white_space_behind_the_end_is_no_other_file():
    content = builders.pdf_bytes() + b"\r\n\0\n"
    assert inspect_pdf(io.BytesIO(content), len(content)).page_count == 2


def test_file_over_the_limit_is_refused_before_it_is_read(settings):
    settings.BROCHURE_MAX_BYTES = 1024 * 1024
    with pytest.raises(ValidationError, match=r"at most 1\.0"):
        inspect_pdf(io.BytesIO(b""), 2 * 1024 * 1024)
