"""How is a brochure's PDF sent: whole, in part, or not at all since the reader has it?"""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.csp import CSP
from django.utils.http import content_disposition_header, parse_etags
from django.views.decorators.csp import csp_override

from partners.brochures.brochure import BrochureFile
from partners.brochures.byte_ranges import FilePart, NotSatisfiable, wanted_span

# Nothing but the document itself. Browsers show a PDF in a page of their own that embeds it, which
# 'object-src' has to allow, and whose style is inline.
PDF_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "object-src": [CSP.SELF],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}


class PdfResponse(FileResponse):
    """A PDF from storage, in pieces: however large it is, only one of them is in memory."""

    block_size = 64 * 1024


@csp_override(PDF_CSP)
def send_pdf(request: HttpRequest, file: BrochureFile) -> HttpResponseBase:
    """Answer a GET or HEAD with the PDF of `file`: 200, 206 for one range of bytes, 304, 412, or 416.

    The entity tag is the digest of the bytes, and strong: a version never changes. A HEAD is answered from the row,
    with storage only asked whether the file is there. Raises FileNotFoundError where it is not.
    """
    tag = f'"{file.sha256}"'
    if not file.is_stored():
        raise FileNotFoundError
    response: HttpResponseBase | None = get_conditional_response(request, etag=tag)
    if response is None:
        response = _head(file) if request.method == "HEAD" else _body(request, file, tag)
    response.headers["ETag"] = tag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _head(file: BrochureFile) -> HttpResponse:
    # RFC 9110, 14.2: a range means something with GET alone.
    response = HttpResponse(content_type="application/pdf")
    response.headers["Content-Length"] = str(file.size)
    response.headers["Content-Disposition"] = _disposition(file)
    return response


def _body(request: HttpRequest, file: BrochureFile, tag: str) -> HttpResponseBase:
    try:
        span = wanted_span(_range(request, tag), file.size)
    except NotSatisfiable:
        response = HttpResponse(status=416, content_type="text/plain")
        response.headers["Content-Range"] = f"bytes */{file.size}"
        return response
    content: Any = file.file.open("rb")
    if span is None:
        return PdfResponse(content, filename=file.original_filename, content_type="application/pdf")
    part = PdfResponse(FilePart(content, span), status=206, content_type="application/pdf")
    part.headers["Content-Length"] = str(span.length)
    part.headers["Content-Range"] = f"bytes {span.first}-{span.last}/{file.size}"
    part.headers["Content-Disposition"] = _disposition(file)
    return part


def _range(request: HttpRequest, tag: str) -> str:
    """Return the Range header where it counts. If-Range names the version of which the reader has a part (13.1.5).

    It may be a date, too; none is ever sent, so none can match.
    """
    condition = request.headers.get("If-Range", "")
    return request.headers.get("Range", "") if not condition or parse_etags(condition) == [tag] else ""


def _disposition(file: BrochureFile) -> str:
    """Return the header under which the reader keeps the file, in UTF-8 where its name asks for it (RFC 6266)."""
    return content_disposition_header(as_attachment=False, filename=file.original_filename) or "inline"
