"""Is this process alive, can it serve, and does the mail behind it go out?"""

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.database_away import go_to_another
from partners.delivery.watch import Problem, look_at_flow


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process runs, whatever stands behind it."""
    return _say("live")


@never_cache
@require_safe
def serving(request: HttpRequest) -> HttpResponse:
    """Answer 200 when pages can be shown, else 503: what a load balancer asks, since stuck mail stops no page.

    Neither does a database that only reads, as all of them do after a failover: taken out, nobody would answer.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('transaction_read_only') = 'on'")
            [only_reads] = cursor.fetchone()
    except DatabaseError:
        return _say("database unreachable", 503)
    if only_reads:
        go_to_another()
        return _say("serving, and the database only reads")
    return _say("serving")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database takes what is written and mail goes out, else 503: what a monitor asks."""
    try:
        flow = look_at_flow()
    except DatabaseError:
        return _say("database unreachable", 503)
    if flow.only_reads:
        go_to_another()
        return _say(str(Problem.READ_ONLY.label), 503)
    if flow.problem:
        return _say(f"mail waits longer than {settings.DELIVERY_STUCK_SECONDS:.0f} s: {flow.problem.label}", 503)
    return _say("ready")


def _say(words: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{words}\n", content_type="text/plain", status=status)
