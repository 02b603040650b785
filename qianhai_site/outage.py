"""What does a visitor get when a page fails, above all while the database is away?"""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.views import defaults

from partners.database_away import database_is_away, leave_read_only

# Seconds after which a program may ask again (RFC 9110, 10.2.3); a database restarts in less.
RETRY_AFTER = 60


def answer_failure(request: HttpRequest) -> HttpResponse:
    """Answer 503 where the database could not be used or written, else 500; called while the error is being handled.

    Neither page asks for anything that may be broken. A form is not repeated in the page, since this one does not know
    what is secret in it: the browser holds it, and sends it again when the page is reloaded.
    """
    error = sys.exception()
    if not database_is_away(error):
        return defaults.server_error(request)
    leave_read_only(error)
    response = HttpResponse(render_to_string("503.html", {"posted": request.method == "POST"}), status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    add_never_cache_headers(response)
    return response
