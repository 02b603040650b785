"""What does a form write, and how do forms that come at the same moment write it together?"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from time import monotonic
from typing import Self

from django.db import InternalError, connection, models, transaction

from partners.brochures.consent_lock import holding_mailbox
from partners.brochures.limits import Taking, taking_all
from partners.brochures.named_rows import holding_named
from partners.brochures.spam import ORDER_OF_LIMITS
from partners.brochures.spam_words import mailbox
from partners.database_away import leave_read_only
from partners.delivery.alarm import waking
from partners.group_commit import LOCK_SECONDS
from partners.inserting import Beside, insert_all, insert_rows

# Who sends again within so many seconds has pressed twice, or asks for a second brochure.
LATELY_SECONDS = 10.0
_MOST_REMEMBERED = 1000
# Until when, by a hash of this process: from it nobody can tell whose mailbox it is.
_asked: dict[int, float] = {}


def asks_again(email: str) -> bool:
    """Say whether a form for the mailbox that `email` reaches came here a moment ago, and remember this one.

    The database may refuse the second, and with it all that are written together with it.
    """
    asker, now = hash(mailbox(email)), monotonic()
    is_again = _asked.get(asker, now) > now
    if len(_asked) >= _MOST_REMEMBERED:
        _asked.clear()
    _asked[asker] = now + LATELY_SECONDS
    return is_again


@dataclass(frozen=True)
class FormWrite:
    """All that a form against which nothing speaks writes: `rows`, `consents` beside them, `takings` of limits.

    What others may wait for comes last, and for everybody in one order: what rows name, mailboxes, then limits.
    """

    email: str
    rows: Sequence[models.Model]
    consents: Sequence[Beside]
    takings: Sequence[Taking]

    def write(self, lock_seconds: float | None = None) -> None:
        """Write it by one statement, which is a transaction of its own outside of one.

        Raises django.db.DatabaseError and writes nothing, also where a limit has no room (`is_without_room`), or where
        `lock_seconds` are given and it waits for locks for longer.
        """
        held = (*holding_named(self.rows), holding_mailbox(self.email))
        beside = (*self.consents, waking(), *held, *taking_all(self.takings))
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            insert_rows(self.rows, *beside, lock_seconds=lock_seconds)

    @classmethod
    def carry_out(cls, writes: Sequence[Self]) -> None:
        """Write all of `writes` by one transaction. Raises django.db.Error and writes nothing.

        One alone, too, waits for no lock longer than LOCK_SECONDS: who wants nothing written may wait behind it.
        """
        if connection.in_atomic_block:
            raise transaction.TransactionManagementError("Somebody's COMMIT would be waited for by nobody.")
        try:
            if len(writes) == 1:
                # As most are on a quick disk: one conversation with the server, and one statement to be read.
                writes[0].write(LOCK_SECONDS)
            else:
                cls._write_together(writes)
        except InternalError as error:
            leave_read_only(error)
            raise

    @classmethod
    def _write_together(cls, writes: Sequence[Self]) -> None:
        many: list[tuple[Sequence[models.Model], Sequence[Beside]]] = [
            (one.rows, (*one.consents, holding_mailbox(one.email)))
            for one in sorted(writes, key=lambda one: mailbox(one.email))
        ]
        if named := holding_named(row for one in writes for row in one.rows):
            # Of all at once, and each row once: most are the same ones.
            many.insert(0, ((), named))
        takings = sorted((taking for one in writes for taking in one.takings), key=_place)
        insert_all(many, (waking(), *taking_all(takings)), LOCK_SECONDS)


def _place(taking: Taking) -> tuple[int, str]:
    limit, subject = taking
    return ORDER_OF_LIMITS.index(limit.scope), subject
