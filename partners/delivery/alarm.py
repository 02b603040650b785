"""How is a worker woken for a message? By a notification that knows nothing: which message is due, the rows say."""

from django.db import connection

from partners.inserting import Beside

CHANNEL = "outgoing_message_due"


def waking(channel: str = CHANNEL) -> Beside:
    """Return the statement by which `wake_workers` does what it does."""
    return Beside("SELECT pg_notify(%s, '')::text AS said", [channel])


def wake_workers(channel: str = CHANNEL) -> None:
    """Wake every worker that listens on `channel` when the open transaction commits, or at once outside one.

    PostgreSQL sends a notification with the commit and drops it with a rollback, folds those of one transaction into
    one, and keeps none for a worker that is not there: that one looks at the rows when it starts.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [channel])
