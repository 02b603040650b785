"""Where do search engines fetch the sitemap?"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, re_path, reverse
from django.views.decorators.http import require_safe

from home.sitemap import KINDS, index_document, is_part, part_document, parts

XML = "application/xml; charset=utf-8"


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Answer with the index of the sitemap's parts."""
    addresses = {
        part: f"{settings.SITE_URL}{reverse('sitemap_part', args=[part.kind, part.number])}" for part in parts()
    }
    return HttpResponse("".join(index_document(addresses)), content_type=XML)


@require_safe
def sitemap_part(request: HttpRequest, kind: str, number: str) -> HttpResponseBase:
    """Answer with a part while it is read. Raises Http404 for one that the index does not name.

    What is answered is kept beside pages, so there must be no more of it than the index names: whoever makes addresses
    up would push pages out of memory.
    """
    if not is_part(kind, int(number)):
        raise Http404
    return StreamingHttpResponse(part_document(kind, int(number)), content_type=XML)


# One spelling of each number, and none above the keys that a page can have.
_PART = rf"^sitemaps/(?P<kind>{'|'.join(KINDS)})-(?P<number>0|[1-9][0-9]{{0,13}})\.xml$"

urlpatterns = [
    path("sitemap.xml", sitemap_index, name="sitemap"),
    re_path(_PART, sitemap_part, name="sitemap_part"),
]
