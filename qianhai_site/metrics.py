"""What does a monitoring system read of the mail? Metrics in Prometheus' text format, for whoever knows the token."""

from collections.abc import Iterator
from hmac import compare_digest

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from partners.delivery.attempt import Outcome
from partners.delivery.watch import Problem, attempts_by_outcome, look


class MailCollector(Collector):
    """Reads the state of the mail anew each time that it is asked."""

    def collect(self) -> Iterator[Metric]:
        """Return one family for each thing that is watched; a length of time that does not exist is left out."""
        health = look()
        messages = GaugeMetricFamily(
            "mail_messages", "Messages by state: open ones now, closed ones of the last 7 days.", labels=["state"]
        )
        for state, number in health.states.items():
            messages.add_metric([state], number)
        yield messages
        attempts = GaugeMetricFamily("mail_attempts", "Attempts of the last hour by outcome.", labels=["outcome"])
        counted = attempts_by_outcome()
        for outcome in Outcome.values:
            attempts.add_metric([outcome], counted[outcome])
        yield attempts
        problems = GaugeMetricFamily("mail_problem", "1 where something is wrong.", labels=["problem"])
        for problem in Problem:
            problems.add_metric([problem], int(problem in health.problems))
        yield problems
        yield GaugeMetricFamily("mail_failed_day", "Messages given up in the last 24 hours.", health.failed_in_a_day)
        yield GaugeMetricFamily(
            "mail_bounce_messages", "Messages accepted or refused in the window for bounces.", health.bounces.messages
        )
        yield GaugeMetricFamily("mail_bounce_ratio", "Part of them that came back, 0 to 1.", health.bounces.rate)
        yield GaugeMetricFamily("mail_workers", "Workers that signed in during the last 15 seconds.", health.workers)
        for name, text, seconds in [
            ("mail_due_seconds", "How long the message waits that has been due for longest.", health.flow.due_seconds),
            ("mail_waiting_seconds", "Age of the oldest open message.", health.flow.waiting_seconds),
            ("mail_worker_seen_seconds", "Time since a worker's last sign.", health.worker_seconds),
            ("mail_scheduler_seen_seconds", "Time since a periodic job last ran.", health.scheduler_seconds),
            ("forgetting_done_seconds", "Time since old requests were last forgotten.", health.forgetting_seconds),
        ]:
            if seconds is not None:
                yield GaugeMetricFamily(name, text, seconds)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the metrics where the request bears METRICS_TOKEN (RFC 6750, 2.1).

    Raises Http404 where there is no such setting, or another token: nobody else learns that the address exists.
    """
    token, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    if not token or not compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(MailCollector())
    try:
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    except DatabaseError:
        return HttpResponse("database unreachable\n", content_type="text/plain", status=503)
