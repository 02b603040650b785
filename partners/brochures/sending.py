"""How is a brochure's letter put on its way?"""

from django.db import transaction

from partners.brochures.link import BrochureLink
from partners.brochures.message import BrochureMessage
from partners.brochures.submission import Submission
from partners.delivery.queue import queue_message
from partners.inserting import Beside

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
        return _queue(submission, kind)[0]


def send_and_count(submission: Submission, counting: Beside) -> tuple[BrochureMessage, list[str]]:
    """Do as `send_brochure` does for the first letter, in the caller's transaction; return what `counting` says, too.

    It is carried out by the same statement, at its end.
    """
    return _queue(submission, LETTER_KIND, counting)


def new_letter(submission: Submission, kind: str = LETTER_KIND) -> tuple[list[BrochureLink], BrochureMessage]:
    """Return the letter of `kind` that answers `submission`, and the link it carries, if any; neither is stored yet."""
    link = None
    if submission.brochure_file_id is not None:
        link = BrochureLink(submission=submission, brochure_file=submission.brochure_file)
    message = BrochureMessage(kind=kind, to=submission.email, submission=submission, link=link)
    return [link] if link is not None else [], message


def _queue(submission: Submission, kind: str, *beside: Beside) -> tuple[BrochureMessage, list[str]]:
    links, message = new_letter(submission, kind)
    said = queue_message(message, links, *beside)
    return message, said[0] if said else []
