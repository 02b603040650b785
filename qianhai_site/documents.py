"""What may browsers, and caches between them and the site, keep of an uploaded document?"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from wagtail.documents import get_document_model
from wagtail.documents.views.serve import serve

# RFC 9111, 5.2.2: kept nowhere; kept, and asked about before each use.
_NOT_KEPT, _ASKED_ABOUT = "private, no-store", "no-cache"
# What Wagtail makes of a document whose digest was never taken: with it any two versions of the file are the same.
_NO_DIGEST = '""'


def serve_document(request: HttpRequest, document_id: str, document_filename: str) -> HttpResponseBase:
    """Answer as Wagtail's view, which checks the collection's privacy, and say how the answer may be kept.

    Without a word on it, caches may keep a file as long as they think fit (RFC 9111, 4.2.2), and many in front of sites
    do so by the end of its name, whoever asked: one who gave the password would get it for everybody. What is open to
    all is asked about each time, since its collection may be closed. Raises Http404 as Wagtail's view does.
    """
    is_restricted = _is_restricted(document_id)
    response: HttpResponseBase = serve(request, document_id, document_filename)
    response.headers["Cache-Control"] = _NOT_KEPT if is_restricted else _ASKED_ABOUT
    if response.headers.get("ETag") == _NO_DIGEST:
        del response.headers["ETag"]
    return response


def _is_restricted(document_id: str) -> bool:
    """Say whether the collection of a document, or one above it, is for some readers only."""
    document = get_document_model().objects.select_related("collection").filter(pk=document_id).first()
    return document is not None and bool(document.collection.get_view_restrictions().exists())


# Before Wagtail's own addresses, of which it takes the place of one.
urlpatterns: list[URLPattern] = [re_path(r"^(\d+)/(.*)$", serve_document, name="wagtaildocs_serve")]
