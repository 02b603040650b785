"""Does the mail go out? What an operator wants to know of it, in a few cheap questions to the database."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, models
from django.db.models import Count, Max
from django.db.models.functions import Now

from partners.delivery.attempt import DeliveryAttempt, Outcome
from partners.delivery.bounces import Bounces, look_at_bounces
from partners.delivery.heartbeat import FORGETTING, PERIODIC_WORK
from partners.delivery.message import ACCEPTED_STATES, OutgoingMessage, State

# A worker signs in every 2 seconds and the clock rings every minute, so after these they are gone.
WORKER_GONE_SECONDS = 15.0
# A worker signs in for its places for any job, and once more for the clock's (`worker.py`).
SIGNS_OF_A_WORKER = 2
SCHEDULER_GONE_SECONDS = 180.0
# Requests are forgotten once a day, which may take a while.
FORGETTING_LATE_SECONDS = 26 * 3600.0
# What is said of closed messages reaches so far back: counting every message ever sent would not be cheap.
DAYS = 7
# These are the mail server's, whoever the recipient is. Another failure may be one recipient's (a domain with a
# spelling mistake is deferred for days), unless so many wait for it and nobody else's mail was taken meanwhile.
SERVER_FAULTS = frozenset({Outcome.UNREACHABLE, Outcome.TIMEOUT, Outcome.DISCONNECTED, Outcome.MISCONFIGURED})
SEVERAL = 3
# And these say nothing of the mail server.
OUR_FAULTS = frozenset({Outcome.ABANDONED, Outcome.UNBUILDABLE, Outcome.BAD_ADDRESS})
_CACHE_KEY = "partners.delivery.problem"
_CACHE_SECONDS = 15


class Problem(models.TextChoices):
    """What is wrong. The words are for logs and probes; the admin has its own."""

    READ_ONLY = "read_only", "the database only reads, so that no form is taken and no mail sent"
    STUCK = "stuck", "mail is due and nobody sends it"
    HELD_UP = "held_up", "the mail server takes no mail"
    NO_WORKER = "no_worker", "no worker is alive"
    NO_SCHEDULER = "no_scheduler", "periodic jobs have stopped"
    NOT_FORGETTING = "not_forgetting", "requests whose time is over have not been forgotten for more than a day"
    BOUNCES = "bounces", "too much mail comes back"


@dataclass(frozen=True)
class Late:
    """A message that was tried, in vain, and is open for longer than DELIVERY_STUCK_SECONDS.

    `outcome` is that of its last attempt; `others_went` says whether any mail was accepted since it was queued.
    """

    outcome: str
    others_went: bool


@dataclass(frozen=True)
class Flow:
    """Whether mail flows. Read by probes and for every page of the admin, so it costs the same however much waits.

    `due_seconds` is of the message that could have gone for longest: queued and past its time, or abandoned by its
    worker. `waiting_seconds` is the age of the oldest that is open at all, tried or not. None where there is none.
    `only_reads` says that the database takes nothing that is written: a standby, or one whose operator wants it so.
    """

    due_seconds: float | None
    waiting_seconds: float | None
    is_held_up: bool
    only_reads: bool = False

    @property
    def problem(self) -> Problem | None:
        """Return what keeps mail from flowing. Where nobody sends it, nothing is known of the mail server."""
        if self.only_reads:
            return Problem.READ_ONLY
        if _is_late(self.due_seconds):
            return Problem.STUCK
        return Problem.HELD_UP if self.is_held_up else None


@dataclass(frozen=True)
class Health:
    """All that is watched. `states` counts the open messages there are, and the closed ones of the last DAYS.

    Seconds are since the last sign of life, by the database's clock; None: there was none. `forgetting_seconds` count
    from when all requests whose time was over were forgotten, or from when that was first asked for.
    """

    flow: Flow
    bounces: Bounces
    states: dict[str, int]
    failed_in_a_day: int
    workers: int
    worker_seconds: float | None
    scheduler_seconds: float | None
    forgetting_seconds: float | None

    @property
    def problems(self) -> list[Problem]:
        """Return what is wrong, the worst first; nothing where all is well."""
        found = [self.flow.problem] if self.flow.problem else []
        if self.workers == 0:
            found.append(Problem.NO_WORKER)
        if self.scheduler_seconds is None or self.scheduler_seconds > SCHEDULER_GONE_SECONDS:
            found.append(Problem.NO_SCHEDULER)
        if self.forgetting_seconds is not None and self.forgetting_seconds > FORGETTING_LATE_SECONDS:
            found.append(Problem.NOT_FORGETTING)
        if self.bounces.is_alarming:
            found.append(Problem.BOUNCES)
        return found


def holds_up(late: Sequence[Late]) -> bool:
    """Say whether the newest of the late messages show a mail server that takes nothing.

    Where others' mail was accepted meanwhile, the fault is the message's own. Otherwise one message is enough that
    failed for a reason of the server's, or SEVERAL that failed for any.
    """
    alone = [message for message in late if not message.others_went and message.outcome not in OUR_FAULTS]
    return len(alone) >= SEVERAL or any(message.outcome in SERVER_FAULTS for message in alone)


def look_at_flow() -> Flow:
    """Ask whether mail flows: one query that reads one row of each index, and a second one where something is late.

    Raises django.db.Error where the database is away.
    """
    [(due, waiting, only_reads)] = _rows(
        """
        SELECT EXTRACT(epoch FROM statement_timestamp() - least(
                (SELECT min(due_at) FROM partners_outgoingmessage WHERE state = 'queued'),
                (SELECT min(lease_until) FROM partners_outgoingmessage WHERE state = 'sending')
            ))::float,
            EXTRACT(epoch FROM statement_timestamp() - (
                SELECT min(created_at) FROM partners_outgoingmessage WHERE closed_at IS NULL
            ))::float,
            current_setting('transaction_read_only') = 'on'
        """
    )
    return Flow(
        due_seconds=None if due is None or due < 0 else due,
        waiting_seconds=waiting,
        is_held_up=_is_late(waiting) and not _is_late(due) and holds_up(_newest_late()),
        only_reads=only_reads,
    )


def look() -> Health:
    """Ask for everything: six queries, and a seventh where something is late.

    Raises django.db.Error where the database is away.
    """
    since = Now() - timedelta(days=DAYS)
    opened = OutgoingMessage.objects.filter(closed_at__isnull=True).values_list("state").annotate(number=Count("pk"))
    closed = OutgoingMessage.objects.filter(closed_at__gt=since).values_list("state").annotate(number=Count("pk"))
    a_day = OutgoingMessage.objects.filter(closed_at__gt=Now() - timedelta(days=1), state=State.FAILED)
    [(workers, worker_seconds, scheduler_seconds, forgetting_seconds)] = _rows(
        """
        SELECT (count(*) FILTER (WHERE last_heartbeat > statement_timestamp() - %s) + %s) / %s,
            EXTRACT(epoch FROM statement_timestamp() - max(last_heartbeat))::float,
            EXTRACT(epoch FROM statement_timestamp() - (SELECT at FROM partners_heartbeat WHERE name = %s))::float,
            EXTRACT(epoch FROM statement_timestamp() - (SELECT at FROM partners_heartbeat WHERE name = %s))::float
        FROM procrastinate_workers
        """,
        timedelta(seconds=WORKER_GONE_SECONDS),
        SIGNS_OF_A_WORKER - 1,
        SIGNS_OF_A_WORKER,
        PERIODIC_WORK,
        FORGETTING,
    )
    return Health(
        flow=look_at_flow(),
        bounces=look_at_bounces(),
        states=dict.fromkeys(State.values, 0) | dict(opened.order_by()) | dict(closed.order_by()),
        failed_in_a_day=a_day.count(),
        workers=workers,
        worker_seconds=worker_seconds,
        scheduler_seconds=scheduler_seconds,
        forgetting_seconds=forgetting_seconds,
    )


def problem_lately() -> Problem | None:
    """Return what keeps mail from flowing, as of the last quarter of a minute: for what is shown on every page."""
    found: str | None = cache.get(_CACHE_KEY)
    if found is None:
        found = look_at_flow().problem or ""
        cache.set(_CACHE_KEY, str(found), _CACHE_SECONDS)
    return Problem(found) if found else None


def failures(days: int = 1, most: int = 20) -> list[dict[str, Any]]:
    """Return how the attempts of the last `days` failed, the most frequent first: outcome, reply, number, last time."""
    failed = DeliveryAttempt.objects.filter(started_at__gt=Now() - timedelta(days=days)).exclude(
        outcome=Outcome.ACCEPTED
    )
    groups = failed.order_by().values("outcome", "smtp_code", "smtp_text")
    counted = groups.annotate(number=Count("pk"), last=Max("started_at")).order_by("-number", "-last")
    return [dict(group) for group in counted[:most]]


def attempts_by_outcome(hours: int = 1) -> Counter[str]:
    """Return how many attempts of the last `hours` ended how."""
    made = DeliveryAttempt.objects.filter(started_at__gt=Now() - timedelta(hours=hours)).order_by()
    return Counter(dict(made.values_list("outcome").annotate(number=Count("pk"))))


def _is_late(seconds: float | None) -> bool:
    return seconds is not None and seconds > settings.DELIVERY_STUCK_SECONDS


def _newest_late() -> list[Late]:
    """Return the SEVERAL messages that have been late for the shortest time: an outage of today shows in them."""
    rows = _rows(
        """
        SELECT tried.outcome, coalesce(message.created_at < (
            SELECT max(closed_at) FROM partners_outgoingmessage WHERE state = ANY(%s)
        ), false)
        FROM partners_outgoingmessage message
        CROSS JOIN LATERAL (
            SELECT outcome FROM partners_deliveryattempt
            WHERE message_id = message.id ORDER BY number DESC LIMIT 1
        ) tried
        WHERE message.closed_at IS NULL AND message.created_at < statement_timestamp() - %s
        ORDER BY message.created_at DESC LIMIT %s
        """,
        [str(state) for state in ACCEPTED_STATES],
        timedelta(seconds=settings.DELIVERY_STUCK_SECONDS),
        SEVERAL,
    )
    return [Late(outcome, others_went) for outcome, others_went in rows]


def _rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return list(cursor.fetchall())
