"""Which content policy does a path answer under?"""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csp import ContentSecurityPolicyMiddleware as DjangoCSPMiddleware


class ContentSecurityPolicyMiddleware(DjangoCSPMiddleware):
    """Django's middleware with a second policy for the admin's paths.

    A decorator would have to wrap every view of Wagtail's admin, its snippets and each add-on; the path
    prefix says the same once.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Put the policy for the request's path on the response, unless a view has chosen its own."""
        if request.path_info.startswith(settings.ADMIN_CSP_PATHS) and not hasattr(response, "_csp_config"):
            response._csp_config = settings.ADMIN_CSP  # type: ignore[attr-defined]
        return super().process_response(request, response)
