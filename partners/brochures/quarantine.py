"""What becomes of a request that looks bad? It is kept, held back, and released or closed; never dropped."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from partners.brochures.confirming import ask_to_confirm
from partners.brochures.consent_lock import hold_address
from partners.brochures.consent_message import ConsentConfirmation, let_ask_again
from partners.brochures.limits import LimitReached, mailbox_takings, mails_limit, take_all
from partners.brochures.request_events import RequestEvent, tell
from partners.brochures.sending import send_brochure
from partners.brochures.spam import Sign
from partners.brochures.staff_notice import StaffNotice, let_tell_again, queue_staff_notices
from partners.brochures.submission import Submission
from partners.delivery.message import State
from partners.delivery.transitions import cancel

if TYPE_CHECKING:
    from partners.brochures.message import BrochureMessage

logger = logging.getLogger(__name__)

# The audit log's names of what is done to a held request; `partners.submissions.audit` says them in words.
RELEASE = "partners.submission.release"
MARK_AS_SPAM = "partners.submission.spam"

# Held back and undecided; closed as spam; either of the two. A closed one can be released as well: people err.
# Of one that was erased there is nothing to decide any more.
HELD = Q(quarantined_at__isnull=False, released_at__isnull=True, spam_at__isnull=True) & ~Q(email="")
CLOSED = Q(spam_at__isnull=False)
WITHOUT_LETTER = Q(quarantined_at__isnull=False, released_at__isnull=True)
# What nobody has got, or only perhaps, so that it is made anew.
_NOT_SENT = [State.CANCELLED, State.FAILED]
# What passes by itself: nothing spoke against the request but the number of the others.
_PASSES = [Sign.BUSY_HOUR.value]


class NotReleased(Exception):  # noqa: N818  named for what happened
    """The request was not released; `reason` says why, in words for the desk."""

    reason: str | Promise = ""


class NotHeld(NotReleased):
    """It is not, or no longer, held back: a double click, or a colleague."""

    reason = _("It is not held back any more.")


class SpamAlready(NotReleased):
    """It is closed as spam, or erased, already."""

    reason = _("It is closed as spam, or erased, already.")


class MailboxIsFull(NotReleased):
    """The mailbox has had as many letters as it may in a day, with this brochure or in all."""

    reason = _("This mailbox has had as many letters as it may in a day. Release the request tomorrow.")


def is_without_letter(submission: Submission) -> bool:
    """Say whether no letter may go out for `submission`, as its row was read: what WITHOUT_LETTER asks the database."""
    return submission.quarantined_at is not None and submission.released_at is None


def hold(submission: Submission, reasons: Sequence[Sign]) -> None:
    """Hold the new `submission` back for `reasons`, in the transaction that stores it; no letter may be queued."""
    submission.quarantine_reasons = [str(reason) for reason in reasons]
    Submission.objects.filter(pk=submission.pk).update(
        quarantined_at=Now(), quarantine_reasons=submission.quarantine_reasons
    )
    submission.refresh_from_db(fields=["quarantined_at"])


def release(submission: Submission, by: AbstractBaseUser | None) -> "BrochureMessage | None":
    """Release a held or closed `submission`, queue its letter, and write into the log that `by` did it.

    One conditional UPDATE decides between two clicks; it, the letter and the log entry are one transaction.
    The letter counts against the limit of its mailbox, not against that of the hour: a person has decided. What had
    got its letter before it was closed gets no other: there the return is None. What else was called back then, the
    question to confirm news and the notices to the staff, is made anew.
    Raises NotHeld or MailboxIsFull, and nothing is written.
    """
    with transaction.atomic():
        _set_released(submission)
        if submission.messages.exclude(state__in=_NOT_SENT).exists():
            _go_on(submission)
            log(instance=submission, action=RELEASE, user=by)
            return None
        try:
            take_all(mailbox_takings(submission.email, submission.brochure_id))
        except LimitReached as reached:
            raise MailboxIsFull from reached
        return _send(submission, by)


def mark_as_spam(submission: Submission, by: AbstractBaseUser) -> None:
    """Close a held `submission` without a letter, and write into the log that `by` did it. Raises NotHeld."""
    with transaction.atomic():
        if not Submission.objects.filter(HELD, pk=submission.pk).update(spam_at=Now()):
            raise NotHeld
        log(instance=submission, action=MARK_AS_SPAM, user=by)


def close_as_spam(submission: Submission, by: AbstractBaseUser) -> None:
    """Close any `submission` as spam, also one that came through; write into the log that `by` did it.

    What came through gets the reason that the desk says so, and its letters that still wait are called back: the
    brochure, the question to confirm news, the notices to the staff. `release` undoes it. Raises SpamAlready, also
    where the person was erased, and nothing is written.
    """
    with transaction.atomic():
        stored = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        if stored.spam_at is not None or not stored.email:
            raise SpamAlready
        reasons = list(dict.fromkeys([*stored.quarantine_reasons, Sign.DESK.value]))
        came_through = stored.quarantined_at is None or stored.released_at is not None
        Submission.objects.filter(pk=stored.pk).update(
            quarantined_at=Coalesce("quarantined_at", Now()),
            quarantine_reasons=reasons if came_through else stored.quarantine_reasons,
            released_at=None,
            spam_at=Now(),
        )
        _call_back(stored)
        log(instance=stored, action=MARK_AS_SPAM, user=by)


def waiting_for_room() -> QuerySet[Submission]:
    """Return the requests that were held back for a busy hour alone, oldest first."""
    return Submission.objects.filter(HELD, quarantine_reasons=_PASSES).order_by("created_at", "pk")


def release_when_there_is_room() -> int:
    """Release what was held back for a busy hour alone, oldest first, while there is room; return how many."""
    released = 0
    for submission in waiting_for_room().iterator(chunk_size=100):
        try:
            with transaction.atomic():
                _set_released(submission)
                takings = mailbox_takings(submission.email, submission.brochure_id)
                take_all([*takings, (mails_limit(), "")])
                _send(submission, by=None)
            released += 1
        except NotHeld:
            continue
        except LimitReached as reached:
            if reached.limit.scope == "mails":
                break
            # The mailbox got its letters while this one waited. From now on, a person decides.
            waiting_for_room().filter(pk=submission.pk).update(quarantine_reasons=[*_PASSES, Sign.MAILBOX_LIMIT.value])
        except Exception:
            # Of one request, whatever it is; the others have their turn.
            logger.exception("Request %s could not be released.", submission.pk)
    return released


def _set_released(submission: Submission) -> None:
    held = Submission.objects.filter(WITHOUT_LETTER, pk=submission.pk).exclude(email="")
    if not held.update(released_at=Now(), spam_at=None):
        raise NotHeld
    submission.refresh_from_db()
    # Of a request that nobody was told of, no withdrawal is told: one that is under way comes before all that follows.
    hold_address(submission.email)


def _send(submission: Submission, by: AbstractBaseUser | None) -> "BrochureMessage":
    message = send_brochure(submission)
    _go_on(submission)
    log(instance=submission, action=RELEASE, user=by, data={"message": message.pk})
    return message


def _go_on(submission: Submission) -> None:
    """Ask and tell, beside the brochure, what is asked and told of a request that counts; once, also after a return."""
    asked = ConsentConfirmation.objects.filter(record__submission=submission).exclude(state__in=_NOT_SENT)
    if not asked.exists():
        ask_to_confirm(submission)
    # Such as one that was being sent when the request was closed, and was not built for its next attempt.
    let_tell_again(StaffNotice.objects.filter(submission=submission, state=State.FAILED))
    queue_staff_notices(submission)
    tell(submission, RequestEvent.ACCEPTED)


def _call_back(submission: Submission) -> None:
    """Cancel what waits. What a worker is sending goes out, or is refused by whoever builds it for the next attempt."""
    of_person = submission.messages.filter(state=State.QUEUED)
    questions = ConsentConfirmation.objects.filter(record__submission=submission, state=State.QUEUED)
    notices = StaffNotice.objects.filter(submission=submission, state=State.QUEUED)
    waiting = [pk for rows in (of_person, questions, notices) for pk in rows.values_list("pk", flat=True)]
    cancelled = [message_id for message_id in waiting if cancel(message_id)]
    # These have asked and told nobody. A release, or the same person's next request, does.
    let_ask_again(cancelled)
    let_tell_again(StaffNotice.objects.filter(pk__in=cancelled))
