"""How does a sent form become evidence of what was agreed?"""

from collections.abc import Sequence

from partners.articles.partner_page import PartnerPage
from partners.brochures.consent_boxes import ConsentBox
from partners.brochures.consent_record import ConsentEvent, ConsentRecord, EventKind, Means
from partners.brochures.consent_wording import ConsentWording
from partners.brochures.submission import Submission


def keep_consents(submission: Submission, boxes: Sequence[ConsentBox], partner: PartnerPage | None) -> None:
    """Store each box that was shown with `submission` of `partner`, ticked or not, in the caller's transaction.

    Costs no query where there was none. A box whose wording does not exist (another database's) is passed over.
    """
    if not boxes:
        return
    known = ConsentWording.objects.in_bulk([box.wording_id for box in boxes])
    records = [
        ConsentRecord(
            submission=submission,
            purpose=box.purpose,
            wording=known[box.wording_id],
            language=box.language,
            text=box.text,
            ticked=box.ticked,
            # In deletion of the tree a form can be sent that has lost its partner.
            partner_key=partner.translation_key if partner else None,
            partner_name=partner.title if partner else "",
        )
        for box in boxes
        if box.wording_id in known
    ]
    ConsentEvent.objects.bulk_create(
        ConsentEvent(record=record, kind=EventKind.GIVEN if record.ticked else EventKind.NOT_GIVEN, how=Means.FORM)
        for record in ConsentRecord.objects.bulk_create(records)
    )
