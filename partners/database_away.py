"""Can the database not be used at the moment, so that the same thing may succeed later?"""

from django.db import InterfaceError, InternalError, OperationalError, connection

# read_only_sql_transaction, of PostgreSQL's table of error codes: the server stands by for another since a failover,
# or its operator lets nothing be written while the disk is nearly full. psycopg calls this an internal error.
READ_ONLY = "25006"
# deadlock_detected: of those who wait for each other in a circle the server ends one, and the others go on.
_DEADLOCK = "40P01"


def database_is_away(error: BaseException | None) -> bool:
    """Say whether `error`, as Django raised it, means that the database cannot be used, or not be written, now."""
    return isinstance(error, OperationalError | InterfaceError) or _is_read_only(error)


def is_deadlock(error: BaseException | None) -> bool:
    """Say whether `error`, as Django raised it, ended one transaction so that others went on: it would succeed now."""
    return getattr(error.__cause__, "sqlstate", None) == _DEADLOCK if error else False


def leave_read_only(error: BaseException | None) -> None:
    """Let the next query go over a new connection where `error` says that this one only reads.

    It is whole, so Django would keep it, while another server takes what is written or this one does again for whoever
    comes anew. Within a transaction nothing is done: that has to end on its own connection.
    """
    if _is_read_only(error):
        go_to_another()


def go_to_another() -> None:
    """Let the next query go over a new connection, to whoever takes what is written by then. See `leave_read_only`."""
    if not connection.in_atomic_block:
        connection.close()


def _is_read_only(error: BaseException | None) -> bool:
    return isinstance(error, InternalError) and getattr(error.__cause__, "sqlstate", None) == READ_ONLY
