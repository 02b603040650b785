"""What may a request's data be used for at this moment?"""

from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower

from partners.brochures.consent_record import ConsentRecord
from partners.brochures.consent_wording import Purpose
from partners.brochures.submission import Submission


def in_force_for(purpose: str) -> Exists:
    """Return the condition on requests under which their data may be used for `purpose` now.

    News stands for the address: it needs one confirmed consent of any of its requests, since withdrawing it reaches
    them all. The others stand for the request whose form was ticked. Raises ValueError for an unknown purpose.
    """
    # What an erased request agreed to stays as evidence without a person, and allows nothing.
    records = ConsentRecord.objects.in_force().filter(purpose=Purpose(purpose)).exclude(submission__email="")
    if purpose == Purpose.NEWS:
        records = records.alias(address=Lower("submission__email")).filter(address=Lower(OuterRef("email")))
    else:
        records = records.filter(submission=OuterRef("pk"))
    return Exists(records)


def standing(submission: Submission) -> frozenset[Purpose]:
    """Return the purposes for which the data of `submission` may be used now. Ask again each time it is used."""
    conditions = {purpose.value: in_force_for(purpose) for purpose in Purpose}
    found = Submission.objects.filter(pk=submission.pk).values(**conditions).first() or {}
    return frozenset(purpose for purpose in Purpose if found.get(purpose.value))
