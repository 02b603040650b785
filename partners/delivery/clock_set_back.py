"""What becomes of times that the database's clock gave, once it was set back? They would lie hours or years ahead."""

import logging

from django.db import connection

from partners.delivery.retry import BUILD_WAITS, JITTER, WAITS
from partners.delivery.timing import lease_seconds

logger = logging.getLogger(__name__)

# By this many seconds a time may lie further ahead than any that is given: clocks are also moved to agree.
TOLERANCE = 60.0
# No message waits longer after so many attempts; the waits of all outcomes are counted by fewer, or by as many.
_LONGEST_WAITS = [0.0, *(max(wait, *BUILD_WAITS) * (1 + JITTER) for wait in WAITS)]

# A lease is not taken away: its holder, if there is one, renews it before what is left of it runs out.
_MEND = """
    UPDATE partners_outgoingmessage SET
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


def bring_times_back() -> int:
    """Make due what lies further ahead than messages ever wait, and shorten leases that no worker can have asked for.

    Return how many messages there were. Without it they would wait for the clock to get there once more: those of a
    clock that was a year ahead, for a year. Raises django.db.Error where the database is away.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MEND, {"tolerance": TOLERANCE, "lease": lease_seconds(), "waits": _LONGEST_WAITS})
        number = cursor.rowcount
    if number:
        logger.warning("The database's clock was set back: %s messages would have waited for it.", number)
    return number
