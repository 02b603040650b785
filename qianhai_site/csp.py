"""Which content policy does a path answer under?"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware as DjangoCSPMiddleware


class ContentSecurityPolicyMiddleware(DjangoCSPMiddleware):
    """Django's middleware with a second policy for the admin's paths, and a third for previews.

    A decorator would have to wrap every view of Wagtail's admin, its snippets and each add-on; the path
    prefix says the same once. A preview is a public page that passes this middleware on its own, under the
    page's path, and that the editor shows in a frame.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Put the policy for the request on the response, unless a view has chosen its own."""
        if not hasattr(response, "_csp_config"):
            if getattr(request, "is_preview", False):
                response._csp_config = settings.PREVIEW_CSP  # type: ignore[attr-defined]
            elif request.path_info.startswith(settings.ADMIN_CSP_PATHS):
                response._csp_config = settings.ADMIN_CSP  # type: ignore[attr-defined]
        return super().process_response(request, response)
