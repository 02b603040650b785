"""How often may something happen, and has it happened that often already? Counted in PostgreSQL, without a race.

Who is counted stands here as a keyed hash only: without SECRET_KEY nobody can tell which network or mailbox a row is
about, nor try all there are.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models.functions import Now
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


class Allowance(models.Model):
    """When something was allowed: of one `scope`, for one `subject` (a keyed hash), at which `times`.

    Holds as many times as the scope allows, at most; older ones fall out when the row is next written.
    """

    scope = models.CharField(max_length=16)
    subject = models.CharField(max_length=64)
    times = ArrayField(models.DateTimeField())
    touched_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scope", "subject"], name="allowance_of_one_subject"),
            # A raw address can never be stored here by mistake.
            models.CheckConstraint(
                condition=models.Q(subject__regex=r"^[0-9a-f]{64}$"), name="allowance_subject_is_a_hash"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["touched_at"], name="allowance_touched")]

    def __str__(self) -> str:
        return f"{self.scope} {self.pk}"


@dataclass(frozen=True)
class Limit:
    """At most `count` times within any `period`, for each subject of `scope`."""

    scope: str
    count: int
    period: timedelta

    def take(self, subject: str) -> bool:
        """Count `subject` once more and return True, or return False and count nothing where it is at its limit.

        Of any number at the same moment, no more pass than are allowed. Its row stays locked until the caller's
        transaction ends; take several limits in one order everywhere (`take_all`).
        """
        return taken([(self, subject)]) == {self.scope}


# Limits of different scopes in the order in which they are named. The WHERE is looked at under the row's lock, with
# what the last transaction has committed.
_TAKE = """
WITH asked AS (
    SELECT * FROM unnest(%s::text[], %s::text[], %s::float8[], %s::int[])
    WITH ORDINALITY AS limits (scope, subject, seconds, most, place)
)
INSERT INTO partners_allowance AS row (scope, subject, times, touched_at)
SELECT scope, subject, ARRAY[statement_timestamp()], statement_timestamp() FROM asked WHERE most > 0 ORDER BY place
ON CONFLICT (scope, subject) DO UPDATE SET
    times = ARRAY(
        SELECT at FROM unnest(row.times) AS at, asked
        WHERE asked.scope = row.scope AND at > statement_timestamp() - make_interval(secs => asked.seconds)
    ) || statement_timestamp(),
    touched_at = statement_timestamp()
WHERE (
    SELECT count(*) FROM unnest(row.times) AS at, asked
    WHERE asked.scope = row.scope AND at > statement_timestamp() - make_interval(secs => asked.seconds)
) < (SELECT most FROM asked WHERE asked.scope = row.scope)
RETURNING scope AS said
"""
# The newest time of each is the one that the same transaction has counted: the row is locked from then on.
_GIVE_BACK = """
UPDATE partners_allowance SET times = trim_array(times, 1)
WHERE (scope, subject) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
"""
type Taking = tuple[Limit, str]


def taking(takings: Sequence[Taking]) -> Beside:
    """Return the statement that counts each subject once more where its limit has room, and says the scopes of those.

    Each limit is of another scope.
    """
    scopes, subjects, seconds, most = zip(
        *(
            (limit.scope, keyed_hash(limit.scope, subject), limit.period.total_seconds(), limit.count)
            for limit, subject in takings
        ),
        strict=True,
    )
    return Beside(_TAKE, [list(scopes), list(subjects), list(seconds), list(most)])


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
    """Delete every row that was not touched for FORGOTTEN_AFTER, or LOGIN_KNOWN_FOR; return how many."""
    old = Allowance.objects.filter(touched_at__lt=Now() - FORGOTTEN_AFTER)
    is_kept = models.Q(scope=LOGIN_KNOWN, touched_at__gte=Now() - LOGIN_KNOWN_FOR)
    deleted, _ = old.exclude(is_kept).delete()
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
