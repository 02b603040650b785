"""What of a restored database would go out a second time, and how is it held until somebody has looked?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from wagtail.log_actions import log

from partners.brochures.consent_message import ConsentConfirmation, let_ask_again
from partners.brochures.message import BrochureMessage
from partners.brochures.quarantine import waiting_for_room
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from partners.delivery.after_restore import call_back
from partners.delivery.message import OutgoingMessage, State
from partners.submissions.audit import HOLD_LETTER
from partners.submissions.bulk.doing import stop_run
from partners.submissions.bulk.run import Act, BulkRun

# What a run of these sends, it would send once more; erased or closed as spam twice is the same as once.
_SENDING_ACTS = (Act.RESEND, Act.RELEASE)


@dataclass(frozen=True)
class Waiting:
    """What may have gone out to readers since the backup was made, of what was there `before` (None: all there is).

    `letters` carry a brochure or a fresh link, `questions` ask to confirm news, `busy` are requests that are released
    by themselves when there is room, `runs` are acts upon many that send letters. `to_staff` are letters to colleagues,
    which name what they can see at the desk: these are not held.
    """

    before: datetime | None = None

    @property
    def letters(self) -> QuerySet[BrochureMessage]:
        """Letters with a brochure or a fresh link."""
        found: Any = self._made(BrochureMessage.objects.open())
        return found.order_by("pk")

    @property
    def questions(self) -> QuerySet[ConsentConfirmation]:
        """Letters that ask to confirm news."""
        found: Any = self._made(ConsentConfirmation.objects.open())
        return found.order_by("pk")

    @property
    def to_staff(self) -> QuerySet[OutgoingMessage]:
        """All other letters."""
        found: Any = self._made(OutgoingMessage.objects.open())
        return found.filter(brochuremessage=None, consentconfirmation=None)

    @property
    def busy(self) -> QuerySet[Submission]:
        """Requests that wait for a busy hour to pass."""
        return self._made(waiting_for_room())

    @property
    def runs(self) -> QuerySet[BulkRun]:
        """Acts upon many requests that are under way and send letters."""
        return self._made(BulkRun.objects.open().filter(act__in=_SENDING_ACTS))

    def _made(self, rows: Any) -> Any:
        return rows if self.before is None else rows.filter(created_at__lt=self.before)


@dataclass(frozen=True)
class Held:
    """How much was held, or would be."""

    letters: int
    questions: int
    busy: int
    runs: int


def count(waiting: Waiting) -> Held:
    """Return how much would be held."""
    return Held(waiting.letters.count(), waiting.questions.count(), waiting.busy.count(), waiting.runs.count())


def still_leased() -> int:
    """Return how many messages a worker may be sending at this moment, so that nobody else may touch them."""
    return (
        OutgoingMessage.objects.filter(state=State.SENDING)
        .exclude(pk__in=OutgoingMessage.objects.abandoned().values("pk"))
        .count()
    )


def hold(waiting: Waiting) -> Held:
    """Hold all that may have gone out, each in a transaction of its own, and return how much it was.

    Letters are cancelled, with an entry in the log of their request, by which the desk finds and resends them; requests
    that waited for an hour to pass wait for a person; runs are stopped. A question that is cancelled is asked again
    with the person's next request. Interrupted and called again, it does the rest. No worker may run meanwhile.
    """
    return Held(
        letters=sum(_hold_letter(letter) for letter in waiting.letters.select_related("submission").iterator(500)),
        questions=sum(_hold_question(pk) for pk in list(waiting.questions.values_list("pk", flat=True))),
        busy=sum(_hold_request(pk) for pk in list(waiting.busy.values_list("pk", flat=True))),
        runs=sum(stop_run(run) for run in list(waiting.runs)),
    )


def held_letters(waiting: Waiting) -> Iterator[tuple[str, str, datetime]]:
    """Yield reference, Message-ID and time of each letter that is held, or would be, to look for in a mail log."""
    held: Any = BrochureMessage.objects.held_after_restore()
    for letters in (held.order_by("pk"), waiting.letters):
        yield from letters.values_list("submission__reference", "message_id", "created_at").iterator(500)


def _hold_letter(letter: BrochureMessage) -> bool:
    with transaction.atomic():
        if not call_back(letter.pk):
            return False
        log(instance=letter.submission, action=HOLD_LETTER, data={"message": letter.pk})
        return True


def _hold_question(message_id: int) -> bool:
    with transaction.atomic():
        if not call_back(message_id):
            return False
        let_ask_again([message_id])
        return True


def _hold_request(submission_id: int) -> bool:
    reasons = [Sign.BUSY_HOUR.value, Sign.RESTORED.value]
    return waiting_for_room().filter(pk=submission_id).update(quarantine_reasons=reasons) == 1
