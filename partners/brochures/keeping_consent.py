"""How does a sent form become evidence of what was agreed?"""

import json
from collections.abc import Sequence

from partners.articles.partner_page import PartnerPage
from partners.brochures.consent_boxes import ConsentBox
from partners.brochures.consent_record import EventKind, Means
from partners.brochures.consent_wording import ConsentWording
from partners.brochures.submission import Submission
from partners.inserting import NUMBER, Beside
from partners.keeping import once

# However many boxes a form has, all their records are one INSERT, and what the form did with each another.
_RECORDS = f"""
INSERT INTO partners_consentrecord
    (submission_id, partner_key, partner_name, purpose, wording_id, language, text, ticked)
SELECT {NUMBER}, %s::uuid, %s, purpose, wording_id, language, text, ticked
FROM jsonb_to_recordset(%s::jsonb)
    AS box (purpose text, wording_id bigint, language text, text text, ticked boolean)
RETURNING id AS said, ticked
"""  # noqa: S608  NUMBER is no value
_FIRST_EVENTS = """
INSERT INTO partners_consentevent (record_id, kind, how)
SELECT said, CASE WHEN ticked THEN %s ELSE %s END, %s FROM consents ORDER BY said
RETURNING id AS said
"""


def consents_given(
    submission: Submission, boxes: Sequence[ConsentBox], partner: PartnerPage | None
) -> tuple[Beside, ...]:
    """Return the statements that keep each box that was shown with `submission` of `partner`, ticked or not.

    They go with the one that stores the submission, and keep what the form did with each box as well. A box whose
    wording does not exist (another database's) is passed over.
    """
    if not boxes:
        return ()
    known = known_wordings(frozenset(box.wording_id for box in boxes))
    kept = [
        {
            "purpose": box.purpose,
            "wording_id": box.wording_id,
            "language": box.language,
            "text": box.text,
            "ticked": box.ticked,
        }
        for box in boxes
        if box.wording_id in known
    ]
    if not kept:
        return ()
    # In deletion of the tree a form can be sent that has lost its partner.
    whose = (partner.translation_key, partner.title) if partner else (None, "")
    return (
        Beside(_RECORDS, [*whose, json.dumps(kept)], of=submission, name="consents"),
        Beside(_FIRST_EVENTS, [EventKind.GIVEN.value, EventKind.NOT_GIVEN.value, Means.FORM.value]),
    )


def known_wordings(ids: frozenset[int]) -> frozenset[int]:
    """Return which wordings there are of `ids`; none is ever changed or removed."""

    def ask() -> frozenset[int]:
        return frozenset(ConsentWording.objects.filter(pk__in=ids).values_list("pk", flat=True))

    return once(("wordings", ids), ask)
