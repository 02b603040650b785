"""May a letter about a request still go to the address that it was queued for?"""

from partners.brochures.quarantine import is_without_letter
from partners.brochures.submission import Submission
from partners.delivery.letters import LetterCannotBeBuilt
from partners.delivery.message import OutgoingMessage


def check_recipient(message: OutgoingMessage, submission: Submission) -> None:
    """Raise LetterCannotBeBuilt where `message` must not tell its recipient of `submission` any more.

    A letter names addresses that open what was agreed, which are the person's alone. One that was being sent while the
    desk corrected the address, or closed the request as spam, cannot be called back, and is built anew for each
    further try.
    """
    if not submission.email:
        raise LetterCannotBeBuilt("The person was forgotten.")
    if is_without_letter(submission):
        raise LetterCannotBeBuilt("The request is held back, or closed as spam.")
    if message.to != submission.email:
        raise LetterCannotBeBuilt("The request's address was corrected after this letter was queued.")
