"""How is a consent withdrawn, so that it counts at once and everywhere?"""

import logging
from collections.abc import Iterable
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction

from partners.brochures.consent_lock import hold_address, hold_mailbox
from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.consent_record import ConsentEvent, ConsentRecord, ConsentRecordQuerySet, EventKind
from partners.brochures.consent_suppression import suppress
from partners.brochures.consent_wording import Purpose
from partners.brochures.request_events import RequestEvent, tell
from partners.brochures.submission import Submission
from partners.delivery.message import State
from partners.delivery.transitions import cancel

logger = logging.getLogger(__name__)

_FORM = "submission__form_page"
WITHDRAWN_LINE = "Request %s: consent %s withdrawn."


def withdraw(submission: Submission, purposes: Iterable[Purpose], how: str, user: User | None = None) -> None:
    """Withdraw `purposes` for the holder of `submission`; `how` is one of Means, `user` who did it at the desk.

    News is withdrawn for the address, across all of its requests, and is not sent to it again until it is ticked and
    confirmed anew. Handing over and transfer are withdrawn for this request and the address's others to the same
    partner. Called again, or where nothing was agreed, it changes nothing. Letters that still wait to ask for a
    confirmation are called back. The log names the requests, without a person.

    The address is the one that `submission` came with. Where it was corrected since, what this request itself agreed
    to is withdrawn with it; the other requests of the new address are not the asker's.
    """
    with transaction.atomic():
        # As whoever erases the person, or the two would wait for each other: for the address here, for the rows there.
        hold_mailbox(submission.email)
        hold_address(submission.email)
        for purpose in purposes:
            records = _standing(submission, purpose)
            for record in records:
                ConsentEvent.objects.create(record=record, kind=EventKind.WITHDRAWN, how=how, user=user)
                tell(record.submission, RequestEvent.WITHDRAWN, purpose)
            if purpose == Purpose.NEWS:
                suppress(submission.email)
                _call_back_confirmations(records)
            references = {submission.reference, *(record.submission.reference for record in records)}
            transaction.on_commit(partial(_write_down, sorted(references), Purpose(purpose)))


def _standing(submission: Submission, purpose: Purpose) -> list[ConsentRecord]:
    """Return what is to be withdrawn; must be called while the address of `submission` is held."""
    reached_now = {record.pk: record for record in reached(submission, purpose).standing().select_related(_FORM)}
    # What an erased request agreed to is evidence without a person, and nobody's to withdraw.
    own = submission.consents.filter(purpose=purpose).exclude(submission__email="").standing().select_related(_FORM)
    return sorted((reached_now | {record.pk: record for record in own}).values(), key=lambda record: record.pk)


def reached(submission: Submission, purpose: Purpose) -> ConsentRecordQuerySet:
    """Return the records of which a withdrawal for `purpose` from the page of `submission` is to be heard."""
    records = ConsentRecord.objects.of_address(submission.email).filter(purpose=purpose)
    if purpose == Purpose.NEWS:
        return records
    own = submission.consents.filter(purpose=purpose).first()
    if own is None or own.partner_key is None:
        return records.filter(submission=submission)
    return records.filter(partner_key=own.partner_key)


def _write_down(references: Iterable[str], purpose: Purpose) -> None:
    # The log outlasts a database that is restored from a backup; `repeating.py` reads these lines.
    for reference in references:
        logger.info(WITHDRAWN_LINE, reference, purpose.value)


def _call_back_confirmations(records: list[ConsentRecord]) -> None:
    waiting = ConsentConfirmation.objects.filter(record__in=records, state=State.QUEUED)
    for message_id in waiting.values_list("pk", flat=True):
        cancel(message_id)
