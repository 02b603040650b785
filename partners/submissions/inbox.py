"""Which requests does the desk list, and what became of the newest letter of each?"""

from collections.abc import Collection
from functools import reduce
from typing import Any, Self

from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from partners.brochures.message import BrochureMessage
from partners.brochures.quarantine import CLOSED, HELD
from partners.brochures.search_text import contains_word
from partners.brochures.spam import Sign
from partners.brochures.submission import ConsentingQuerySet
from partners.delivery.message import State

# The state of a request that has no letter at all.
NO_MAIL = "none"
# The states of a request that has none because it looked bad.
HELD_BACK = "held"
SPAM = "spam"
# What most requests are never in; the others are all that was sent.
_RARE = frozenset({*State.values, HELD_BACK, SPAM}) - {State.SENT.value, State.DELIVERED.value}
_HELD_LETTERS: Any = BrochureMessage.objects.held_after_restore()
# Of requests with their mail: the newest letter was called back after a restore; or the request, which waited for its
# hour to pass, is no longer released by itself. Both may have got the brochure since the backup was made.
HELD_AFTER_RESTORE = Q(mail_state=State.CANCELLED, pk__in=_HELD_LETTERS.values("submission")) | (
    HELD & Q(quarantine_reasons__contains=[Sign.RESTORED.value])
)


class SubmissionQuerySet(ConsentingQuerySet):
    """The desk's reads of requests. `brochures` knows nothing of the desk, so they are not on the model's manager."""

    def with_mail(self) -> Self:
        """Annotate each request with its newest letter: `mail_state` and `mail_attempts`.

        Without one, the state is HELD_BACK or NO_MAIL; closed as spam, it is SPAM even where a letter went out before.
        """
        newest = BrochureMessage.objects.filter(submission=OuterRef("pk")).order_by("-pk")
        return self.annotate(
            mail_state=Case(
                When(CLOSED, then=Value(SPAM)),
                default=Coalesce(
                    Subquery(newest.values("state")[:1]),
                    Case(When(HELD, then=Value(HELD_BACK)), default=Value(NO_MAIL)),
                ),
                output_field=models.CharField(max_length=10),
            ),
            mail_attempts=Coalesce(Subquery(newest.values("attempts_count")[:1]), Value(0)),
        )

    def in_mail_states(self, states: Collection[str]) -> Self:
        """Keep the requests whose newest letter is in one of `states`, of those that `with_mail` gives.

        What is rare is looked for among the letters, by an index; what is common is met soon among the newest requests.
        """
        found = self.filter(mail_state__in=states)
        if set(states) <= _RARE:
            letters: Any = BrochureMessage.objects.filter(state__in=states)
            found = found.filter(Q(pk__in=letters.values("submission")) | _without_letter(states))
        return found

    def matching(self, text: str) -> Self:
        """Keep the requests that contain every word of `text`, in any case, in what was said or the reference."""
        return reduce(lambda found, word: found.filter(contains_word(word)), text.split(), self)


def _without_letter(states: Collection[str]) -> Q:
    """Return the condition on the requests without a letter that are in one of `states`."""
    found = Q(pk__in=[])
    if HELD_BACK in states:
        found |= HELD
    if SPAM in states:
        found |= CLOSED
    return found
