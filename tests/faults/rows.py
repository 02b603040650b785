"""What the tests do to the rows: put messages on their way, ask where they stand, let time pass."""

from django.db import connection, transaction

from partners.delivery.message import OutgoingMessage, State
from partners.delivery.queue import queue_message
from tests.faults import letters


def queue(*names: str, kind: str = letters.KIND) -> list[OutgoingMessage]:
    """Commit one message to each of `names` at example.com, one transaction a message as requests do."""
    messages = [OutgoingMessage(kind=kind, to=f"{name}@example.com") for name in names]
    for message in messages:
        with transaction.atomic():
            queue_message(message)
    return messages


def all_sent() -> bool:
    """Say whether nothing is left to be sent."""
    return not OutgoingMessage.objects.exclude(state=State.SENT).exists()


def let_time_pass() -> None:
    """Make due what waits for its next attempt, as hours would; the workers see it at their next sweep.

    The statement is the one of the runbook in docs/mail.md.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_outgoingmessage SET due_at = now() WHERE state = 'queued' AND due_at > now()")
