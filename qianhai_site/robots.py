"""What may robots fetch here? Nothing, unless the environment says that this is the public site."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

# Paths that say nothing to a search engine, or something about one reader.
CLOSED = ("/admin/", "/api/", "/brochures/", "/consent/", "/health/", "/mail-events/", "/metrics", "/reads/")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Answer as RFC 9309 asks."""
    if settings.SEARCH_ENGINES:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), ""]
        lines += [f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"]
    else:
        lines = ["User-agent: *", "Disallow: /"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
