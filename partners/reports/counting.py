"""How are the requests of some days counted, by all that is asked of them, and kept?"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from partners.brochures.submission import Submission
from partners.reports.daily_count import SPANS, CountedDay, DailyCount

# What becomes of a letter is reported within days, a resend may follow. After so many a day is not counted again, so
# that nothing that is tidied up later changes a figure.
SETTLED_AFTER = timedelta(days=35)
# One worker at a time counts; any number for the lock of PostgreSQL that stands for it.
_LOCK = 7_205_311

# One row for each request and dimension, counted. The letters are read by their index, a request at a time or as a
# whole, as the planner sees fit. What a person gave is not looked at, so an erased request counts like any other.
# The day is computed in the zone of the bounds, so that it is the day that they mean. Each run of days is a span of
# the index: what was counted between two runs is not read.
COUNT = """
WITH asked AS (
    SELECT (request.created_at AT TIME ZONE %(zone)s)::date AS day, coalesce(request.partner_id, 0) AS partner,
        request.brochure_id, request.brochure_title, request.article_id, request.article_title, request.language,
        coalesce(letter.state, CASE
            WHEN request.spam_at IS NOT NULL THEN 'spam'
            WHEN request.quarantined_at IS NOT NULL AND request.released_at IS NULL THEN 'held'
            ELSE 'none' END) AS outcome,
        extract(epoch FROM letter.sent_at - coalesce(request.released_at, request.created_at)) AS accepted,
        extract(epoch FROM letter.delivered_at - coalesce(request.released_at, request.created_at)) AS delivered
    FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) AS run (since, until)
    CROSS JOIN LATERAL (
        SELECT * FROM partners_submission WHERE created_at >= run.since AND created_at < run.until OFFSET 0
    ) request
    LEFT JOIN LATERAL (
        SELECT (array_agg(message.state ORDER BY message.id DESC))[1] AS state, min(message.sent_at) AS sent_at,
            min(event.occurred_at) AS delivered_at
        FROM partners_brochuremessage carrier
        JOIN partners_outgoingmessage message ON message.id = carrier.outgoingmessage_ptr_id
        LEFT JOIN partners_deliveryevent event ON event.message_id = message.id AND event.kind = 'delivered'
        WHERE carrier.submission_id = request.id
    ) letter ON true
    WHERE (%(partners)s::bigint[] IS NULL OR coalesce(request.partner_id, 0) = ANY(%(partners)s::bigint[]))
)
SELECT asked.day, asked.partner, fact.dimension, fact.key, max(fact.title) AS title, count(*) AS number
FROM asked CROSS JOIN LATERAL (VALUES
    ('outcome', asked.outcome, ''),
    ('brochure', coalesce(asked.brochure_id::text, ''), asked.brochure_title),
    ('article', CASE
        WHEN asked.article_id IS NOT NULL THEN asked.article_id::text
        WHEN asked.article_title <> '' THEN '~' || md5(asked.article_title)
        ELSE '' END, asked.article_title),
    ('language', asked.language, ''),
    ('accepted', width_bucket(asked.accepted, %(spans)s)::text, ''),
    ('delivered', width_bucket(asked.delivered, %(spans)s)::text, '')
) AS fact (dimension, key, title)
WHERE fact.key IS NOT NULL
GROUP BY asked.day, asked.partner, fact.dimension, fact.key
"""


def bounds(days: Iterable[date], *, partners: Iterable[int] | None = None) -> dict[str, Any]:
    """Return what COUNT asks for to count the requests of `days`, which ascend.

    Where `partners` (ids of their pages) is given, all but theirs are left out.
    """
    zone = timezone.get_default_timezone()
    first: list[date] = []
    after: list[date] = []
    for day in days:
        if after and after[-1] == day:
            after[-1] = day + timedelta(days=1)
        else:
            first.append(day)
            after.append(day + timedelta(days=1))
    return {
        "zone": settings.TIME_ZONE,
        "since": [datetime.combine(day, time.min, zone) for day in first],
        "until": [datetime.combine(day, time.min, zone) for day in after],
        "spans": list(SPANS),
        "partners": None if partners is None else list(partners),
    }


def count_day(day: date) -> None:
    """Count the requests of `day` anew, in the place of what was counted before."""
    with transaction.atomic(), connection.cursor() as cursor:
        DailyCount.objects.filter(day=day).delete()
        cursor.execute(
            "INSERT INTO partners_dailycount (day, partner, dimension, key, title, number) " + COUNT, bounds([day])
        )
        CountedDay.objects.filter(day=day).delete()
        CountedDay.objects.create(day=day)


def count_days(today: date) -> int:
    """Count every day before `today` that may have changed, or that was never counted; return how many.

    One worker does it at a time; a second one that is asked meanwhile leaves it at that. A day is a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            days = list(_days_to_count(today))
            for day in days:
                count_day(day)
            return len(days)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _days_to_count(today: date) -> Iterable[date]:
    """Yield the days from the first request on: those not settled, or counted before they were over."""
    oldest = Submission.objects.aggregate(first=Min("created_at"))["first"]
    if oldest is None:
        return
    zone = timezone.get_default_timezone()
    whole = {
        day
        for day, counted_at in CountedDay.objects.values_list("day", "counted_at")
        if counted_at.astimezone(zone).date() > day + SETTLED_AFTER
    }
    day = oldest.astimezone(zone).date()
    while day < today:
        if day not in whole:
            yield day
        day += timedelta(days=1)
