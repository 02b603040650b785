"""Which letter asked whom to confirm which consent?"""

from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Cast, Concat, Now

from partners.brochures.consent_record import ConsentRecord
from partners.delivery.forget import random_digits
from partners.delivery.message import OutgoingMessage


class ConsentConfirmation(OutgoingMessage):
    """An outgoing message that asks its recipient to confirm a consent to news.

    At most one goes to an address in 24 hours, whatever forms are sent with it; the constraint repeats that as
    'one a day'. The address stands there as a keyed hash.
    """

    record = models.ForeignKey(ConsentRecord, on_delete=models.CASCADE, related_name="confirmations")
    address_digest = models.CharField(max_length=64)
    asked_on = models.DateField(db_default=Cast(Now(), models.DateField()), editable=False)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["address_digest", "asked_on"], name="consent_confirmation_daily"),
        ]


def let_ask_again(message_ids: Collection[int]) -> None:
    """Let the questions `message_ids` count no more for the address that they were to ask.

    They get a fingerprint of nobody: it differs from row to row, as the table asks for.
    """
    rows: Any = ConsentConfirmation.objects.filter(pk__in=message_ids)
    rows.update(address_digest=Concat(random_digits(), random_digits()))
