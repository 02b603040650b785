"""What does a brochure's link answer?"""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from partners.brochures.downloads import count_download
from partners.brochures.fresh_link import send_fresh_link
from partners.brochures.link import BrochureLink
from partners.brochures.pdf_response import send_pdf


@require_http_methods(["GET", "HEAD", "POST"])
def brochure_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Send the PDF that `token` stands for; one and the same 404 page for a wrong, expired or revoked one.

    A GET changes nothing but a count, so mail scanners that follow links do no harm. That page's button comes back as a
    POST, which may send a fresh link and is answered alike whether it did.
    """
    if request.method == "POST":
        send_fresh_link(token)
        return _private(_see_asked())
    return _private(_file(request, token) or _page(request, "partners/brochures/link_gone.html", status=404))


@require_safe
def fresh_link_asked(request: HttpRequest) -> HttpResponseBase:
    """Say what becomes of a fresh link that was asked for: the same to everybody."""
    return _private(_page(request, "partners/brochures/fresh_link_asked.html"))


def _file(request: HttpRequest, token: str) -> HttpResponseBase | None:
    link = BrochureLink.objects.for_token(token)
    if link is None:
        return None
    try:
        response = send_pdf(request, link.brochure_file)
    except FileNotFoundError:
        return None
    if response.status_code in {200, 206}:
        count_download(request, link)
    return response


def _see_asked() -> HttpResponse:
    """Redirect by 303, so that a refresh repeats the GET and never the POST (RFC 9110, 15.4.4)."""
    response = HttpResponseRedirect(reverse("fresh_link_asked"))
    response.status_code = 303
    return response


def _page(request: HttpRequest, template: str, status: int = 200) -> HttpResponse:
    """Render in the language that the visitor's browser prefers: these addresses belong to none."""
    with translation.override(translation.get_language_from_request(request)):
        response = render(request, template, status=status)
        response.headers["Content-Language"] = translation.get_language() or ""
    return response


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Keep the answer out of caches and search, and the address, which is a key, out of every Referer."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
