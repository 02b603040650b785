"""How does a sent form become evidence of what was agreed?"""

from collections.abc import Sequence

from partners.brochures.consent_boxes import ConsentBox
from partners.brochures.consent_record import ConsentEvent, ConsentRecord, EventKind, Means
from partners.brochures.consent_wording import ConsentWording
from partners.brochures.submission import Submission


def keep_consents(submission: Submission, boxes: Sequence[ConsentBox]) -> None:
    """Store each box that was shown with `submission`, ticked or not, in the caller's transaction.

    Costs no query where there was none. A box whose wording does not exist (another database's) is passed over.
    """
    if not boxes:
        return
    known = ConsentWording.objects.in_bulk([box.wording_id for box in boxes])
    # The partner's page: in deletion of the tree a form can be sent that has lost it.
    partner = submission.form_page.get_parent() if submission.form_page else None
    for box in boxes:
        if box.wording_id not in known:
            continue
        record = ConsentRecord.objects.create(
            submission=submission,
            purpose=box.purpose,
            wording=known[box.wording_id],
            language=box.language,
            text=box.text,
            ticked=box.ticked,
            partner_key=partner.translation_key if partner else None,
            partner_name=partner.title if partner else "",
        )
        kind = EventKind.GIVEN if box.ticked else EventKind.NOT_GIVEN
        ConsentEvent.objects.create(record=record, kind=kind, how=Means.FORM)
