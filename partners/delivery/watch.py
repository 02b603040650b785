"""Does the mail go out? What an operator wants to know of it, in a few cheap questions to the database."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, models
from django.db.models import Count, Max
from django.db.models.functions import Now

from partners.delivery.attempt import DeliveryAttempt
from partners.delivery.message import CLOSED_STATES, OutgoingMessage, State

# A worker signs in every 2 seconds and the clock rings every minute, so after these they are gone.
WORKER_GONE_SECONDS = 15.0
SCHEDULER_GONE_SECONDS = 180.0
# What is said of closed messages reaches so far back: counting every message ever sent would not be cheap.
DAYS = 7
_CACHE_KEY = "partners.delivery.problems"
_CACHE_SECONDS = 15


class Problem(models.TextChoices):
    """What is wrong. The words are for logs and probes; the admin has its own."""

    STUCK = "stuck", "mail waits longer than it should"
    NO_WORKER = "no_worker", "no worker is alive"
    NO_SCHEDULER = "no_scheduler", "periodic jobs have stopped"


@dataclass(frozen=True)
class Queue:
    """The open messages: how many in each state, and how long the ones that could have gone already wait.

    `due_seconds` is of the message that has been due for longest, or whose worker has been gone for longest;
    `waiting_seconds` of the oldest that is open at all, tried or not. None where there is none.
    """

    states: dict[str, int]
    due_seconds: float | None
    waiting_seconds: float | None

    @property
    def is_stuck(self) -> bool:
        """Say whether a message is due for longer than DELIVERY_STUCK_SECONDS."""
        return self.due_seconds is not None and self.due_seconds > settings.DELIVERY_STUCK_SECONDS


@dataclass(frozen=True)
class Health:
    """All that is watched. Seconds are since the last sign of life, by the database's clock; None: there was none."""

    queue: Queue
    closed: dict[str, int]
    failed_in_a_day: int
    workers: int
    worker_seconds: float | None
    scheduler_seconds: float | None

    @property
    def problems(self) -> list[Problem]:
        """Return what is wrong, the worst first; nothing where all is well."""
        found = {
            Problem.STUCK: self.queue.is_stuck,
            Problem.NO_WORKER: self.workers == 0,
            Problem.NO_SCHEDULER: self.scheduler_seconds is None or self.scheduler_seconds > SCHEDULER_GONE_SECONDS,
        }
        return [problem for problem, is_so in found.items() if is_so]


def look_at_queue() -> Queue:
    """Ask for the open messages: one query, over an index that holds nothing else."""
    [row] = _rows(
        """
        SELECT count(*) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'sending'),
            EXTRACT(epoch FROM statement_timestamp() - min(coalesce(due_at, lease_until)))::float,
            EXTRACT(epoch FROM statement_timestamp() - min(created_at))::float
        FROM partners_outgoingmessage WHERE closed_at IS NULL
        """
    )
    queued, sending, due, waiting = row
    return Queue(
        {str(State.QUEUED): queued, str(State.SENDING): sending}, None if due is None or due < 0 else due, waiting
    )


def look() -> Health:
    """Ask for everything: five queries. Raises django.db.DatabaseError where the database is away."""
    since = Now() - timedelta(days=DAYS)
    closed = OutgoingMessage.objects.filter(closed_at__gt=since).values_list("state").annotate(number=Count("pk"))
    a_day = OutgoingMessage.objects.filter(closed_at__gt=Now() - timedelta(days=1), state=State.FAILED)
    [(workers, worker_seconds)] = _rows(
        """
        SELECT count(*) FILTER (WHERE last_heartbeat > statement_timestamp() - %s),
            EXTRACT(epoch FROM statement_timestamp() - max(last_heartbeat))::float
        FROM procrastinate_workers
        """,
        timedelta(seconds=WORKER_GONE_SECONDS),
    )
    [(scheduler_seconds,)] = _rows(
        """
        SELECT EXTRACT(epoch FROM statement_timestamp())::float - max(defer_timestamp)
        FROM procrastinate_periodic_defers
        """
    )
    return Health(
        queue=look_at_queue(),
        closed=dict.fromkeys(map(str, CLOSED_STATES), 0) | dict(closed.order_by()),
        failed_in_a_day=a_day.count(),
        workers=workers,
        worker_seconds=worker_seconds,
        scheduler_seconds=scheduler_seconds,
    )


def problems_lately() -> list[Problem]:
    """Return what is wrong as of the last quarter of a minute, for what is shown on every page."""
    found: list[Problem] | None = cache.get(_CACHE_KEY)
    if found is None:
        found = look().problems
        cache.set(_CACHE_KEY, found, _CACHE_SECONDS)
    return found


def failures(days: int = 1, most: int = 20) -> list[dict[str, Any]]:
    """Return how the attempts of the last `days` failed, the most frequent first: outcome, reply, number, last time."""
    failed = DeliveryAttempt.objects.filter(started_at__gt=Now() - timedelta(days=days)).exclude(outcome="accepted")
    groups = failed.order_by().values("outcome", "smtp_code", "smtp_text")
    counted = groups.annotate(number=Count("pk"), last=Max("started_at")).order_by("-number", "-last")
    return [dict(group) for group in counted[:most]]


def attempts_by_outcome(hours: int = 1) -> Counter[str]:
    """Return how many attempts of the last `hours` ended how."""
    made = DeliveryAttempt.objects.filter(started_at__gt=Now() - timedelta(hours=hours)).order_by()
    return Counter(dict(made.values_list("outcome").annotate(number=Count("pk"))))


def _rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return list(cursor.fetchall())
