"""What does a brochure's link answer?"""

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partners.brochures.link import BrochureLink


@require_safe
def brochure_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Send the PDF that `token` stands for; one and the same 404 page for a wrong, expired or revoked one.

    A GET changes nothing, so mail scanners that follow links do no harm.
    """
    link = BrochureLink.objects.for_token(token)
    response: HttpResponseBase
    if link is None or not link.brochure_file.is_stored():
        response = render(request, "partners/brochures/link_gone.html", status=404)
    else:
        file = link.brochure_file
        response = FileResponse(file.file.open("rb"), filename=file.original_filename, content_type="application/pdf")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
