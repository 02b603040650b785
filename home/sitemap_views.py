"""Where do search engines fetch the sitemap?"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from home.sitemap import KINDS, index_document, part_document, parts

XML = "application/xml; charset=utf-8"
# Seconds: what a campaign takes out of all lists at its end is gone from copies within a minute.
MAX_AGE = 60
# Above any key that a page can have.
_HIGHEST = 2**63 // 10_000


@require_safe
@cache_control(public=True, max_age=MAX_AGE)
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Answer with the index of the sitemap's parts."""
    addresses = {
        part: f"{settings.SITE_URL}{reverse('sitemap_part', args=[part.kind, part.number])}" for part in parts()
    }
    return HttpResponse("".join(index_document(addresses)), content_type=XML)


@require_safe
@cache_control(public=True, max_age=MAX_AGE)
def sitemap_part(request: HttpRequest, kind: str, number: int) -> HttpResponseBase:
    """Answer with a part while it is read; one without pages is empty. Raises Http404 for another kind."""
    if kind not in KINDS or number > _HIGHEST:
        raise Http404
    return StreamingHttpResponse(part_document(kind, number), content_type=XML)


urlpatterns = [
    path("sitemap.xml", sitemap_index, name="sitemap"),
    path("sitemaps/<slug:kind>-<int:number>.xml", sitemap_part, name="sitemap_part"),
]
