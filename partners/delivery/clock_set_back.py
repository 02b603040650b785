"""What becomes of times that the database's clock gave, once it was set back? They would lie hours or years ahead."""

import logging

from django.db import connection
from psycopg import sql

from partners.delivery.message import OutgoingMessage
from partners.delivery.retry import BUILD_WAITS, JITTER, WAITS
from partners.delivery.timing import lease_seconds

logger = logging.getLogger(__name__)

# By this many seconds a time may lie further ahead than any that is given: clocks are also moved to agree.
TOLERANCE = 60.0
# No message waits longer after so many attempts; the waits of all outcomes are counted by fewer, or by as many.
_LONGEST_WAITS = [0.0, *(max(wait, *BUILD_WAITS) * (1 + JITTER) for wait in WAITS)]

# A lease is not taken away: its holder, if there is one, renews it before what is left of it runs out.
_MEND = """
    UPDATE {} SET
        due_at = CASE WHEN state = 'queued' THEN statement_timestamp() END,
        lease_until = CASE WHEN state = 'sending'
            THEN statement_timestamp() + make_interval(secs => %(lease)s) END
    WHERE (
        state = 'queued' AND due_at > statement_timestamp() + make_interval(secs => %(tolerance)s)
        AND due_at > statement_timestamp() + make_interval(
            secs => %(tolerance)s + (%(waits)s::float8[])[least(attempts_count + 1, cardinality(%(waits)s::float8[]))]
        )
    ) OR (
        state = 'sending'
        AND lease_until > statement_timestamp() + make_interval(secs => %(tolerance)s + 2 * %(lease)s)
    )
"""


def bring_times_back(table: str, lease: float) -> int:
    """Make due what lies further ahead than messages ever wait, and shorten leases that no worker can have asked for.

    `table` is of messages, or of what else has their columns; `lease` is what a claim holds for, in seconds, unless it
    is renewed. Return how many rows there were. Without it they would wait for the clock to get there once more: those
    of a clock that was a year ahead, for a year. Raises django.db.Error where the database is away.
    """
    with connection.cursor() as cursor:
        mend = sql.SQL(_MEND).format(sql.Identifier(table))
        cursor.execute(mend, {"tolerance": TOLERANCE, "lease": lease, "waits": _LONGEST_WAITS})
        number = cursor.rowcount
    if number:
        logger.warning("The database's clock was set back: %s rows of %s would have waited for it.", number, table)
    return number


def bring_messages_back() -> int:
    """Do so with mail."""
    return bring_times_back(OutgoingMessage._meta.db_table, lease_seconds())
