"""How does a request get another address, where the one that was typed reaches nobody, or somebody else?"""

import uuid

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from partners.brochures.consent_lock import hold_address, hold_mailbox
from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.consent_record import ConsentEvent, EventKind, Means
from partners.brochures.consent_wording import Purpose
from partners.brochures.correction import AddressCorrection
from partners.brochures.link import BrochureLink
from partners.brochures.request_events import RequestEvent, tell
from partners.brochures.submission import Submission
from partners.delivery.message import State
from partners.delivery.transitions import cancel


def correct_address(submission: Submission, address: str, by: User) -> AddressCorrection:
    """Put `address` in the place of the one that `submission` has, and write down that `by` did it; return that.

    Whoever got the earlier letters may be a stranger: their links open nothing any more, neither the brochure nor what
    was agreed. News that was confirmed was confirmed by that mailbox, and is withdrawn for this request; a question
    that still waits is called back, and a letter that is being sent is not tried again (`check_recipient`). What else
    was ticked was ticked by the person, and stands. Whoever was handed the earlier address and may have the data still
    has to hear of this one. Must be called in a transaction, with the request's row locked. Raises IntegrityError for
    the address that it has already.
    """
    with transaction.atomic():
        hold_mailbox(address)
        hold_address(submission.email)
        correction = AddressCorrection.objects.create(
            submission=submission, before=submission.email, after=address, user=by
        )
        _withdraw_confirmed_news(submission, by)
        questions = ConsentConfirmation.objects.filter(record__submission=submission, state=State.QUEUED)
        for message_id in questions.values_list("pk", flat=True):
            cancel(message_id)
        BrochureLink.objects.filter(submission=submission, revoked_at=None).update(revoked_at=Now())
        submission.email = address
        # Every address that the earlier letters named was made with it.
        submission.key = uuid.uuid4()
        submission.save(update_fields=["email", "key"])
        tell(submission, RequestEvent.CORRECTED)
        return correction


def _withdraw_confirmed_news(submission: Submission, by: User) -> None:
    for record in submission.consents.in_force().filter(purpose=Purpose.NEWS):
        ConsentEvent.objects.create(record=record, kind=EventKind.WITHDRAWN, how=Means.DESK, user=by)
        tell(submission, RequestEvent.WITHDRAWN, Purpose.NEWS)
