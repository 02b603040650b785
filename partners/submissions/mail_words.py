"""How does the desk say what became of a letter?"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.delivery.event import EventKind
from partners.delivery.message import State
from partners.submissions.inbox import HELD_BACK, NO_MAIL, SPAM

Words = str | Promise


@dataclass(frozen=True)
class MailWords:
    """A state in plain words; `tone` ('good', 'bad', 'waiting' or 'plain') is its colour, never its only sign."""

    label: Words
    tone: str


# 'Sent' means that the next mail server has taken the letter. Only a report from beyond it says more.
WORDS: dict[str, MailWords] = {
    State.QUEUED: MailWords(_("Waiting to be sent"), "waiting"),
    State.SENDING: MailWords(_("Sending"), "waiting"),
    State.SENT: MailWords(_("Accepted by the mail server"), "good"),
    State.DELIVERED: MailWords(_("Delivered"), "good"),
    State.BOUNCED: MailWords(_("Came back"), "bad"),
    State.COMPLAINED: MailWords(_("Marked as spam by the recipient"), "bad"),
    State.FAILED: MailWords(_("Failed"), "bad"),
    State.CANCELLED: MailWords(_("Cancelled"), "plain"),
    HELD_BACK: MailWords(_("Held back"), "waiting"),
    SPAM: MailWords(_("Closed as spam"), "plain"),
    NO_MAIL: MailWords(_("No letter"), "bad"),
}
# What the mail service says of a letter that it has taken, in the same words where a state follows from it.
EVENT_WORDS: dict[str, MailWords] = {
    EventKind.DEFERRED: MailWords(_("The recipient's mail server asked to come back later"), "waiting"),
    EventKind.DELIVERED: WORDS[State.DELIVERED],
    EventKind.BOUNCED: WORDS[State.BOUNCED],
    EventKind.COMPLAINED: WORDS[State.COMPLAINED],
}
_TO_BE_REPEATED = MailWords(_("Waiting to be tried again"), "waiting")


def mail_words(state: str, attempts: int) -> MailWords:
    """Return the words for a letter in `state` (NO_MAIL where there is none) after that many `attempts`."""
    if state == State.QUEUED and attempts:
        return _TO_BE_REPEATED
    return WORDS[state]
