"""Which letter carried which brochure to whom?"""

from typing import ClassVar

from django.db import models

from partners.brochures.link import BrochureLink
from partners.brochures.submission import Submission
from partners.delivery.message import OutgoingMessage


class BrochureMessage(OutgoingMessage):
    """An outgoing message that answers a submission, with the link it carries.

    `link` is empty where the brochure had no file when the request came; the letter then fails, visibly.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="messages")
    link = models.ForeignKey(BrochureLink, on_delete=models.RESTRICT, null=True, related_name="messages")

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
