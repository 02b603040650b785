"""How often may something happen, and has it happened that often already? Counted in PostgreSQL, without a race.

Who is counted stands here as a keyed hash only: without SECRET_KEY nobody can tell which network or mailbox a row is
about, nor try all there are.
"""

import json
import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction
from django.db.models.functions import Length, Now
from django.db.models.lookups import Exact
from django.utils.crypto import salted_hmac

from partners.brochures.form_key import KEY_LIFE
from partners.brochures.spam_words import mailbox
from partners.inserting import Beside

# The longest period that anything is counted over: a row that was not touched for so long says nothing any more.
FORGOTTEN_AFTER = KEY_LIFE
# From which networks an account has logged in: longer than a session lasts, so that an editor who logs in each time
# that one ends is known there (`home/password_attempts.py`).
LOGIN_KNOWN = "login_known"
LOGIN_KNOWN_FOR = timedelta(days=60)


# A limit of more than so many is counted by such parts of its period: a row is not longer than this, and to count once
# more takes as long at the thousandth as at the first.
MOST_PARTS = 60
_WITHOUT_HEXADECIMAL_DIGITS = models.Func(
    models.F("subject"),
    models.Value("0123456789abcdef"),
    models.Value(""),
    function="translate",
    output_field=models.TextField(),
)


class Allowance(models.Model):
    """When something was allowed: of one `scope`, for one `subject` (a keyed hash), at which `times`, how often each.

    Holds as many times as the scope allows, at most, and no more than a few beyond MOST_PARTS; older ones fall out when
    the row is next written. No index has what changes with each count, so that the row stays in its place.
    """

    scope = models.CharField(max_length=16)
    subject = models.CharField(max_length=64)
    times = ArrayField(models.DateTimeField())
    # Of each of `times`, in their order.
    counts = ArrayField(models.IntegerField(), db_default=[])
    touched_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scope", "subject"], name="allowance_of_one_subject"),
            # A raw address can never be stored here by mistake.
            models.CheckConstraint(
                condition=models.Q(Exact(Length("subject"), 64), Exact(_WITHOUT_HEXADECIMAL_DIGITS, models.Value(""))),
                name="allowance_subject_is_a_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.pk}"


@dataclass(frozen=True)
class Limit:
    """At most `count` times within any `period`, for each subject of `scope`.

    Where `count` is more than MOST_PARTS, a time counts for up to one of these parts longer than the period.
    """

    scope: str
    count: int
    period: timedelta

    @property
    def part(self) -> timedelta:
        """By which parts of the period it is counted; zero where each time is kept as it is."""
        return self.period / MOST_PARTS if self.count > MOST_PARTS else timedelta()

    def take(self, subject: str) -> bool:
        """Count `subject` once more and return True, or return False and count nothing where it is at its limit.

        Of any number at the same moment, no more pass than are allowed. Its row stays locked until the caller's
        transaction ends; take several limits in one order everywhere (`take_all`).
        """
        return taken([(self, subject)]) == {self.scope}

    def seconds_until_room(self, subject: str) -> int:
        """Return after how many seconds there is room for `subject` again, at least 1.

        That is when the oldest of those that fill the limit has passed.
        """
        rows = Allowance.objects.filter(scope=self.scope, subject=keyed_hash(self.scope, subject))
        for times, counts, now in rows.values_list("times", "counts", Now()):
            filling = 0
            ones = [1] * (len(times) - len(counts))
            for at, count in sorted(zip(times, [*counts, *ones], strict=False), reverse=True):
                filling += count
                if filling >= self.count:
                    return max(1, math.ceil((at + self.period + self.part - now).total_seconds()))
        return 1


# In the order in which they are named. The WHERE is looked at under the row's lock, with what the last transaction has
# committed. What was written before there were counts is one of each time.
_TAKE = """
WITH asked AS (
    SELECT scope, subject, most, often, place,
        CASE WHEN part = 0 THEN statement_timestamp()
            ELSE date_bin(make_interval(secs => part), statement_timestamp(), 'epoch') END AS now,
        statement_timestamp() - make_interval(secs => seconds + part) AS since
    FROM jsonb_to_recordset(%s::jsonb)
        AS limits (scope text, subject text, seconds float8, part float8, most int, often int, place int)
)
INSERT INTO partners_allowance AS row (scope, subject, times, counts, touched_at)
SELECT scope, subject, ARRAY[now], ARRAY[often], statement_timestamp() FROM asked WHERE most >= often ORDER BY place
ON CONFLICT (scope, subject) DO UPDATE SET
    (times, counts) = (
        SELECT
            array_append(array_agg(at ORDER BY at) FILTER (WHERE at < now), min(now)),
            array_append(
                array_agg(coalesce(n, 1) ORDER BY at) FILTER (WHERE at < now),
                min(often) + coalesce(sum(coalesce(n, 1)) FILTER (WHERE at >= now), 0)::int
            )
        FROM asked LEFT JOIN unnest(row.times, row.counts) AS kept (at, n) ON at > since
        WHERE asked.subject = row.subject AND asked.scope = row.scope
    ),
    touched_at = statement_timestamp()
WHERE (
    SELECT coalesce(sum(coalesce(n, 1)), 0) FROM unnest(row.times, row.counts) AS kept (at, n), asked
    WHERE asked.subject = row.subject AND asked.scope = row.scope AND at > since
) <= (SELECT most - often FROM asked WHERE asked.subject = row.subject AND asked.scope = row.scope)
RETURNING scope AS said
"""
# The newest time of each is the one that the same transaction has counted: the row is locked from then on.
_GIVE_BACK = """
UPDATE partners_allowance SET
    times = CASE WHEN counts[cardinality(times)] > 1 THEN times ELSE trim_array(times, 1) END,
    counts = counts[:cardinality(times) - 1]
        || CASE WHEN counts[cardinality(times)] > 1 THEN ARRAY[counts[cardinality(times)] - 1] END
WHERE (scope, subject) IN (SELECT * FROM unnest(%s::text[], %s::text[])) AND cardinality(times) > 0
"""
# By this the database says that a limit had no room, and that it has done nothing of the statement.
_NO_ROOM = "QH001"
type Taking = tuple[Limit, str]


def taking(takings: Sequence[Taking]) -> Beside:
    """Return the statement that counts each subject once more where its limit has room, and says the scopes of those.

    One that is named several times is counted as often, or not at all. Rows are locked in the order of `takings`.
    """
    asked = [
        {
            "scope": limit.scope,
            "subject": keyed_hash(limit.scope, subject),
            "seconds": limit.period.total_seconds(),
            "part": limit.part.total_seconds(),
            "most": limit.count,
            "often": often,
            "place": place,
        }
        for place, ((limit, subject), often) in enumerate(Counter(takings).items())
    ]
    return Beside(_TAKE, [json.dumps(asked)], name="taken")


def taking_all(takings: Sequence[Taking]) -> tuple[Beside, Beside]:
    """Return the statements that count each subject once more, and refuse the whole where a limit has no room.

    `is_without_room` knows the error. Nothing is done then.
    """
    required = Beside("SELECT partners_require_room(ARRAY(SELECT said FROM taken), %s) AS said", [len(set(takings))])
    return taking(takings), required


def is_without_room(error: DatabaseError) -> bool:
    """Say whether `error` is how the database refuses `taking_all`."""
    return getattr(error.__cause__, "sqlstate", None) == _NO_ROOM


def taken(takings: Sequence[Taking]) -> set[str]:
    """Count each subject once more where its limit has room, and return the scopes of those."""
    statement = taking(takings)
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.parameters)
        return {scope for (scope,) in cursor.fetchall()}


def give_back(takings: Sequence[Taking]) -> None:
    """Undo what the caller's transaction has counted, each for a subject whose limit had room."""
    if not takings:
        return
    hashed = [(limit.scope, keyed_hash(limit.scope, subject)) for limit, subject in takings]
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [[scope for scope, _ in hashed], [subject for _, subject in hashed]])


class LimitReached(Exception):  # noqa: N818  named for what happened
    """One of several limits had no room; `limit` is the first that had none."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit.scope)
        self.limit = limit


def keyed_hash(scope: str, subject: str) -> str:
    """Return the 64 hexadecimal digits that `subject` is known by in `scope`, under a key made from SECRET_KEY."""
    return salted_hmac(f"partners.brochures.limits.{scope}", subject, algorithm="sha256").hexdigest()


def keyed_hashes(scope: str, subject: str) -> list[str]:
    """Return what `subject` is known by in `scope` under the site's key and under each former one."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    salt = f"partners.brochures.limits.{scope}"
    return [salted_hmac(salt, subject, secret=key, algorithm="sha256").hexdigest() for key in keys]


def take_all(takings: Iterable[Taking]) -> None:
    """Take each limit for its subject, or none of them; each of another scope. Raises LimitReached.

    What a request did not use is left to others: a flood against one mailbox must not use up the hour's mails. One
    statement, since the row of all mails is everybody's: whoever waits for it waits for every other request.
    """
    takings = list(takings)
    with transaction.atomic(savepoint=False):
        had_room = taken(takings)
        reached = first_reached(takings, had_room)
        if reached is not None:
            give_back([(limit, subject) for limit, subject in takings if limit.scope in had_room])
    if reached is not None:
        raise LimitReached(reached)


def first_reached(takings: Iterable[Taking], had_room: Collection[str]) -> Limit | None:
    """Return the first limit that is not among the scopes that had room, or None."""
    return next((limit for limit, _subject in takings if limit.scope not in had_room), None)


def forget_old_allowances() -> int:
    """Delete every row that was not touched for FORGOTTEN_AFTER, or LOGIN_KNOWN_FOR; return how many.

    Who takes limits takes them in an order of theirs, which rows in a table do not have: one that is in somebody's
    hands is not waited for, and is not old any more.
    """
    old = Allowance.objects.filter(touched_at__lt=Now() - FORGOTTEN_AFTER)
    is_kept = models.Q(scope=LOGIN_KNOWN, touched_at__gte=Now() - LOGIN_KNOWN_FOR)
    with transaction.atomic():
        free = old.exclude(is_kept).select_for_update(skip_locked=True)
        deleted, _ = Allowance.objects.filter(pk__in=free.values("pk")).delete()
    return deleted


def network_limit() -> Limit:
    """Return how many letters one network may cause in an hour."""
    return Limit("network", settings.FORM_NETWORK_PER_HOUR, timedelta(hours=1))


def mailbox_limit() -> Limit:
    """Return how many letters about one thing may go to one mailbox in a day, whoever asks."""
    return Limit("mailbox", settings.FORM_MAILBOX_PER_DAY, timedelta(days=1))


def all_of_mailbox_limit() -> Limit:
    """Return how many letters of all forms may go to one mailbox in a day: there may be many brochures."""
    return Limit("mailbox_all", settings.FORM_MAILBOX_ALL_PER_DAY, timedelta(days=1))


def mails_limit() -> Limit:
    """Return how many letters the forms may cause in an hour, all together."""
    return Limit("mails", settings.FORM_MAILS_PER_HOUR, timedelta(hours=1))


def mailbox_takings(email: str, brochure_id: int | None) -> list[Taking]:
    """Return what a letter with one brochure takes of the limits of the mailbox that `email` reaches."""
    to = mailbox(email)
    return [(mailbox_limit(), f"{brochure_id} {to}"), (all_of_mailbox_limit(), to)]
