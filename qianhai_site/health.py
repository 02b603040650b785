"""Is this process alive, can it serve, and does the mail behind it go out?"""

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.delivery.watch import look_at_flow


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process runs, whatever stands behind it."""
    return _say("live")


@never_cache
@require_safe
def serving(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, else 503: what a load balancer asks, since stuck mail stops no page."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _say("database unreachable", 503)
    return _say("serving")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and mail goes out, else 503: what a monitor asks."""
    try:
        flow = look_at_flow()
    except DatabaseError:
        return _say("database unreachable", 503)
    if flow.problem:
        return _say(f"mail waits longer than {settings.DELIVERY_STUCK_SECONDS:.0f} s: {flow.problem.label}", 503)
    return _say("ready")


def _say(words: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{words}\n", content_type="text/plain", status=status)
