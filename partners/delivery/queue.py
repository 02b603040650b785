"""How is a message put on its way, so that it cannot be lost and cannot go out for a rolled-back request?"""

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction

from partners.delivery.alarm import waking
from partners.delivery.message import OutgoingMessage
from partners.inserting import Beside, insert_rows


def queue_message(message: OutgoingMessage, before: Sequence[models.Model] = (), *beside: Beside) -> list[list[Any]]:
    """Save the new `message` in the transaction that the caller has opened; its commit wakes the workers.

    Rows that it refers to, and that are new as well, come `before` it: all are one statement, with what is to be done
    `beside` it, whose words are returned.
    A resend is a new message, with a Message-ID of its own.
    Raises TransactionManagementError outside a transaction, ValueError for a message that is already stored.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "queue_message() must run in the transaction that stores what the message answers."
        )
    if not message._state.adding:
        raise ValueError("This message is already stored: to send again, queue a new one.")
    return insert_rows([*before, message], waking(), *beside)[1:]
