"""How is a brochure's letter put on its way?"""

from django.db import transaction

from partners.brochures.link import BrochureLink
from partners.brochures.message import BrochureMessage
from partners.brochures.submission import Submission
from partners.delivery.queue import queue_message

LETTER_KIND = "brochure"
# The answer to a reader whose link had run out.
FRESH_LINK_KIND = "fresh link"


def send_brochure(submission: Submission, kind: str = LETTER_KIND) -> BrochureMessage:
    """Queue the letter of `kind` that answers `submission`, with a fresh link, and return its message.

    Link and message are written in one transaction, the caller's where there is one. Called again, it
    makes a new letter: that is what a resend is.
    """
    # Whoever has begun a transaction wants the letter or nothing of it: there is no state to go back to.
    with transaction.atomic(savepoint=False):
        link = None
        if submission.brochure_file is not None:
            link = BrochureLink.objects.create(submission=submission, brochure_file=submission.brochure_file)
        message = BrochureMessage(kind=kind, to=submission.email, submission=submission, link=link)
        queue_message(message)
        return message
