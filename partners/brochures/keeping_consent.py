"""How does a sent form become evidence of what was agreed?"""

from collections.abc import Iterable, Sequence

from partners.articles.partner_page import PartnerPage
from partners.brochures.consent_boxes import ConsentBox
from partners.brochures.consent_record import ConsentEvent, ConsentRecord, EventKind, Means
from partners.brochures.consent_wording import ConsentWording
from partners.brochures.submission import Submission
from partners.keeping import once


def consent_records(
    submission: Submission, boxes: Sequence[ConsentBox], partner: PartnerPage | None
) -> list[ConsentRecord]:
    """Return a record, not yet stored, of each box that was shown with `submission` of `partner`, ticked or not.

    A box whose wording does not exist (another database's) is passed over.
    """
    if not boxes:
        return []
    known = known_wordings(frozenset(box.wording_id for box in boxes))
    return [
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


def first_events(records: Iterable[ConsentRecord]) -> list[ConsentEvent]:
    """Return what the form did with each record, not yet stored."""
    return [
        ConsentEvent(record=record, kind=EventKind.GIVEN if record.ticked else EventKind.NOT_GIVEN, how=Means.FORM)
        for record in records
    ]


def known_wordings(ids: frozenset[int]) -> dict[int, ConsentWording]:
    """Return the wordings that there are of `ids`; none is ever changed or removed."""
    return once(("wordings", ids), lambda: ConsentWording.objects.in_bulk(ids))
