"""How do two things that happen to one address at the same moment wait for each other?"""

from django.db import connection, transaction

from partners.brochures.spam_words import mailbox
from partners.inserting import Beside

_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))::text AS said"


def holding_mailbox(address: str) -> Beside:
    """Return the statement by which `hold_mailbox` does what it does, to be carried out with the first rows.

    Where they are written before it waits for an erasure, that one does not see them: they come after it all the same.
    """
    return Beside(_HOLD, ["\x1f".join(_of_mailbox(address))])


def hold(*names: str) -> None:
    """Wait until no other transaction holds `names`, and hold them until the caller's transaction ends.

    An advisory lock of the database: there need be no row to lock, so a first request holds as well as a later one.
    Raises TransactionManagementError outside a transaction, where it would hold nothing.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("hold() must run in the transaction that it protects.")
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, ["\x1f".join(names)])


def hold_address(address: str) -> None:
    """Let nobody else change what the holder of `address` has agreed to until the caller's transaction ends."""
    hold("partners.consent.address", address.casefold())


def hold_mailbox(address: str) -> None:
    """Let nobody else accept a request of the mailbox that `address` reaches, or erase it, until the transaction ends.

    Whoever needs `hold_address` as well takes this first.
    """
    hold(*_of_mailbox(address))


def _of_mailbox(address: str) -> tuple[str, str]:
    return "partners.mailbox", mailbox(address)
