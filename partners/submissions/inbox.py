"""Which requests does the desk list, and what became of the newest letter of each?"""

from functools import reduce
from operator import or_
from typing import Self

from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from partners.brochures.message import BrochureMessage
from partners.brochures.quarantine import CLOSED, HELD
from partners.brochures.submission import ConsentingQuerySet

SEARCHED_FIELDS = ("reference", "name", "email", "company")
# The state of a request that has no letter at all.
NO_MAIL = "none"
# The states of a request that has none because it looked bad.
HELD_BACK = "held"
SPAM = "spam"


class SubmissionQuerySet(ConsentingQuerySet):
    """The desk's reads of requests. `brochures` knows nothing of the desk, so they are not on the model's manager."""

    def with_mail(self) -> Self:
        """Annotate each request with its newest letter: `mail_state` and `mail_attempts`.

        Without one, the state is HELD_BACK, SPAM or NO_MAIL.
        """
        newest = BrochureMessage.objects.filter(submission=OuterRef("pk")).order_by("-pk")
        return self.annotate(
            mail_state=Coalesce(
                Subquery(newest.values("state")[:1]),
                Case(When(HELD, then=Value(HELD_BACK)), When(CLOSED, then=Value(SPAM)), default=Value(NO_MAIL)),
                output_field=models.CharField(max_length=10),
            ),
            mail_attempts=Coalesce(Subquery(newest.values("attempts_count")[:1]), Value(0)),
        )

    def matching(self, text: str) -> Self:
        """Keep the requests that contain every word of `text`, in any case, in one of SEARCHED_FIELDS."""
        found = self
        for word in text.split():
            found = found.filter(reduce(or_, (Q(**{f"{field}__icontains": word}) for field in SEARCHED_FIELDS)))
        return found
