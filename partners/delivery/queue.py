"""How is a message put on its way, so that it cannot be lost and cannot go out for a rolled-back request?"""

from django.db import transaction

from partners.delivery.alarm import wake_workers
from partners.delivery.message import OutgoingMessage


def queue_message(message: OutgoingMessage) -> None:
    """Save the new `message` in the transaction that the caller has opened; its commit wakes the workers.

    A resend is a new message, with a Message-ID of its own.
    Raises TransactionManagementError outside a transaction, ValueError for a message that is already stored.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "queue_message() must run in the transaction that stores what the message answers."
        )
    if not message._state.adding:
        raise ValueError("This message is already stored: to send again, queue a new one.")
    message.save()
    wake_workers()
