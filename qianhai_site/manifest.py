"""Under which name and icon does a phone keep the site on its home screen?"""

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# As --paper of static/css/tokens.css, light.
PAPER = "#fbfcfb"


@require_safe
@cache_control(public=True, max_age=86400)
def manifest(request: HttpRequest) -> JsonResponse:
    """Answer with the web manifest (W3C) in the language of the path.

    A page of the site is a page: it opens in the browser, whose address bar shows where the reader is.
    """
    start = reverse("wagtail_serve", args=[""])
    return JsonResponse(
        {
            "id": start,
            "name": gettext("Qianhai"),
            "short_name": gettext("Qianhai"),
            "lang": get_language(),
            "dir": "ltr",
            "start_url": start,
            "scope": "/",
            "display": "browser",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [
                {"src": "/icon-192.png", "sizes": "192x192", "type": "image/png"},
                {"src": "/icon-512.png", "sizes": "512x512", "type": "image/png"},
                {"src": "/icon-maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
