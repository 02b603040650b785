"""How is a letter called back, and who did it?"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from wagtail.log_actions import log

from partners.brochures.message import BrochureMessage
from partners.delivery.transitions import cancel
from partners.submissions.audit import CANCEL_LETTER


def cancel_letter(letter: BrochureMessage, by: AbstractBaseUser) -> bool:
    """Let `letter` not be sent, and write into the log of its request that `by` did it.

    Returns False where it does not wait any more: it is being sent, has been accepted, or was cancelled before. Then
    nothing is written.
    """
    with transaction.atomic():
        if not cancel(letter.pk):
            return False
        log(instance=letter.submission, action=CANCEL_LETTER, user=by, data={"message": letter.pk})
        return True
