"""After a failed attempt: try again, and when, or give up?"""

import re
from dataclasses import dataclass
from datetime import timedelta

from partners.delivery.attempt import Outcome

# RFC 5321, 4.5.4.1: the give-up time of a sender should be at least 4 to 5 days for a mail server; a brochure that
# comes after three days answers nobody any more.
PATIENCE = timedelta(hours=72)
# The waits after the first, second, ... failure in seconds; the last one repeats. The first are short since most
# faults are a restart or a greylisting server; the later ones spare a server that is in trouble.
WAITS = (5, 15, 45, 120, 300, 900, 1800, 3600, 7200, 14400)
# Each wait is varied by this part of itself in both directions, so that a backlog does not come back as one blow.
# It is small enough for every wait to be longer than the one before.
JITTER = 0.2
# A letter that cannot be built waits for a person, unless what it lacks may come back by itself: a file store that is
# away, tables that are about to be migrated. A few tries all the same: what it lacks may be on its way.
BUILD_WAITS = (5, 30)
# A worker that disappears is not the message's fault, so it is tried at once; a message that makes every worker
# disappear must not do so all day long.
FREE_TAKEOVERS = 3

# RFC 5321, 4.2.3.
EXCEEDS_STORAGE = 552
# RFC 3463: the class, then subject and detail.
_ENHANCED = re.compile(r"5\.(\d{1,3}\.\d{1,3})(?!\d)")
_TOO_BIG = {"2.3", "3.4"}
_MAILBOX_FULL = "2.2"

FINAL = {
    Outcome.REFUSED: "The mail server refused the address or the message for good.",
    Outcome.BAD_ADDRESS: "No mail can be sent to this address.",
}


@dataclass(frozen=True)
class Retry:
    """Try again after `delay`."""

    delay: timedelta


@dataclass(frozen=True)
class GiveUp:
    """Try no more; `reason` is shown at the desk."""

    reason: str


def next_step(
    outcome: Outcome, attempt: int, age: timedelta, jitter: float, *, may_pass: bool = False
) -> Retry | GiveUp:
    """Say what follows the failure `outcome`.

    `attempt` counts the failures of this message, this one included: those of the same outcome for 'unbuildable'
    and 'abandoned', all of them for the others. `age` runs from the start of the first attempt. `jitter` is a
    random number from 0 up to 1. `may_pass`: what the letter lacks may come back by itself. Raises ValueError for
    'accepted', after which nothing follows, and for an attempt below 1.
    """
    if outcome is Outcome.ACCEPTED or attempt < 1:
        raise ValueError(f"Nothing follows attempt {attempt} with the outcome {outcome!r}.")
    if outcome in FINAL:
        return GiveUp(FINAL[outcome])
    if outcome is Outcome.UNBUILDABLE and not may_pass:
        if attempt > len(BUILD_WAITS):
            return GiveUp(f"The letter could not be built in {attempt} tries.")
        return Retry(timedelta(seconds=BUILD_WAITS[attempt - 1]))
    if outcome is Outcome.ABANDONED:
        attempt -= FREE_TAKEOVERS
        if attempt < 1:
            return Retry(timedelta(0))
    if age >= PATIENCE:
        failed = "The letter could not be built" if may_pass else "The mail server did not take the message"
        return GiveUp(f"{failed} within {PATIENCE.total_seconds() / 3600:.0f} hours.")
    wait = WAITS[min(attempt, len(WAITS)) - 1]
    delay = timedelta(seconds=wait * (1 - JITTER + 2 * JITTER * jitter))
    # The last try falls on the end of the patience, not after it.
    return Retry(min(delay, PATIENCE - age))


def is_about_size(code: int, text: str) -> bool:
    """Say whether an SMTP reply refuses the message for its size, for good.

    552 is that of RFC 1870 (6.1 to 6.3), and of servers that take no such file; it may say as well that the mailbox is
    full, which is told by the enhanced code. Those for a message that is too big come with other replies, too
    (RFC 3463, 3.3 and 3.4).
    """
    enhanced = _ENHANCED.match(text)
    if enhanced is not None and enhanced[1] in _TOO_BIG:
        return 500 <= code < 600
    return code == EXCEEDS_STORAGE and (enhanced is None or enhanced[1] != _MAILBOX_FULL)


def outcome_of_reply(code: int, *, about_recipient: bool) -> Outcome:
    """Say what an SMTP reply of 400 and above means for the message (RFC 5321, 4.2.1).

    `about_recipient`: the reply answers the recipient's address or the message itself. A lasting refusal of
    anything before that (greeting, login, sender) is about us, so it is mended here and the message waits.
    """
    if 400 <= code < 500:
        return Outcome.DEFERRED
    if about_recipient and 500 <= code < 600:
        return Outcome.REFUSED
    if 500 <= code < 600:
        return Outcome.MISCONFIGURED
    # No reply of SMTP: a server that speaks another protocol, or a broken line.
    return Outcome.DISCONNECTED
