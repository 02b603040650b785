"""What happens where no page is? Whoever asks for a page's old address is led to it, but never in a circle."""

from django.http import HttpRequest, HttpResponse
from wagtail.contrib.redirects.middleware import RedirectMiddleware as WagtailRedirectMiddleware
from wagtail.contrib.redirects.models import Redirect


class RedirectMiddleware(WagtailRedirectMiddleware):  # type: ignore[misc, unused-ignore]
    """Wagtail's own, which asks the database only after a 404, without redirects to the address that was asked for.

    A page that was renamed and got its name back has left one: as soon as it is unpublished, browsers would turn in
    a circle.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Return the redirect, or the 404 as it is where there is none that leads away."""
        answer: HttpResponse = super().process_response(request, response)
        if answer is response:
            return response
        target = request.build_absolute_uri(answer.headers["Location"])
        here = request.build_absolute_uri()
        leads_here = _known_by(target) == _known_by(here)
        return response if leads_here else answer


def _known_by(address: str) -> tuple[str, str]:
    """Return host and path as redirects compare them: decoded, without the closing slash and the query."""
    host, _, rest = address.partition("://")[2].partition("/")
    return host, Redirect.normalise_path(f"/{rest.partition('#')[0].partition('?')[0]}")
