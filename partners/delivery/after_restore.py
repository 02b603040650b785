"""What becomes of a message that a restored database shows as waiting, though it may have left since the backup?"""

from django.db import transaction

from partners.delivery.message import OutgoingMessage, State
from partners.delivery.record import record_abandoned
from partners.delivery.transitions import call_back_after_restore


def call_back(message_id: int) -> bool:
    """Cancel the message, with the reason, so that no worker sends it; say whether it was open and in nobody's hands.

    What a worker was sending when the backup was made is written down as an attempt that was abandoned. No worker may
    run meanwhile.
    """
    with transaction.atomic():
        open_ones = OutgoingMessage.objects.in_nobodys_hands().filter(pk=message_id)
        message = open_ones.select_for_update(no_key=True).first()
        if message is None:
            return False
        if message.state == State.SENDING:
            record_abandoned(message)
        return call_back_after_restore(message_id)
