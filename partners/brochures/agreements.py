"""What does a person see of what they agreed to, and what can they still do about it?"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from partners.brochures.consent_links import CONFIRM_WITHIN
from partners.brochures.consent_record import ConsentRecord, ConsentState, EventKind
from partners.brochures.consent_suppression import is_suppressed
from partners.brochures.consent_wording import Purpose
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import reached


@dataclass(frozen=True)
class Agreement:
    """One consent as its giver sees it; `elsewhere` where it was given with another request of the same address."""

    record: ConsentRecord
    elsewhere: bool = False

    @property
    def state(self) -> ConsentState:
        """Where it stands."""
        return self.record.state

    @property
    def confirmed_at(self) -> datetime | None:
        """When it was confirmed."""
        return self._at(EventKind.CONFIRMED)

    @property
    def withdrawn_at(self) -> datetime | None:
        """When it was withdrawn."""
        return self._at(EventKind.WITHDRAWN)

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether there is anything to withdraw."""
        return self.state in {ConsentState.AWAITING, ConsentState.IN_FORCE}

    @property
    def can_be_confirmed(self) -> bool:
        """Whether it waits for its confirmation and may still get it."""
        return self.state == ConsentState.AWAITING and timezone.now() < self.record.created_at + CONFIRM_WITHIN

    def _at(self, kind: str) -> datetime | None:
        return next((event.at for event in self.record.events.all() if event.kind == kind), None)


def agreements(submission: Submission) -> list[Agreement]:
    """Return what was agreed, or not, with `submission`, and the news that its address agreed to with another request.

    News stands for the address, so whoever reads any of our letters to it must be able to withdraw it.
    """
    own = submission.consents.select_related("wording").prefetch_related("events")
    found = [Agreement(record) for record in own]
    elsewhere = reached(submission, Purpose.NEWS).in_force().exclude(submission=submission)
    newest = elsewhere.select_related("wording").prefetch_related("events").order_by("-pk").first()
    return [*found, Agreement(newest, elsewhere=True)] if newest else found


def withdrawn_purposes(submission: Submission, found: list[Agreement], asked: str) -> list[Agreement | None]:
    """Return, of what a person has just `asked` to withdraw ('all' or a purpose), what is withdrawn now.

    None stands for news of which this request keeps nothing.
    """
    wanted = [purpose for purpose in Purpose if asked in {purpose, "all"}]
    done: list[Agreement | None] = [
        agreement
        for agreement in found
        if agreement.record.purpose in wanted and agreement.state == ConsentState.WITHDRAWN
    ]
    told = {agreement.record.purpose for agreement in done if agreement}
    if Purpose.NEWS in wanted and Purpose.NEWS not in told and is_suppressed(submission.email):
        done.insert(0, None)
    return done
