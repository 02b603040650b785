"""Which withdrawals and erasures does a restored database not know, and how are they done once more?

The log names each by its request's reference, when it is committed; it is no part of the database, and outlasts it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models

from partners.brochures import erasing, withdrawing
from partners.brochures.consent_record import ConsentRecord, Means
from partners.brochures.consent_wording import Purpose
from partners.brochures.erasing import ERASED_LINE, PERSON_ERASED_LINE, erase_person, erase_requests
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import WITHDRAWN_LINE, withdraw

_REFERENCE = "([0-9A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4})"
# A line as `settings/logs.py` writes it, and nothing before it: in the middle of a line may stand what a visitor sent.
_HEAD = r"[0-9-]{10} [0-9:,]{12} INFO "


class Kind(models.TextChoices):
    """What a person wanted."""

    PERSON = "person", "erased with its person"
    REQUEST = "request", "erased"
    NEWS = Purpose.NEWS.value, "news withdrawn"
    HANDOVER = Purpose.HANDOVER.value, "hand-over withdrawn"
    TRANSFER = Purpose.TRANSFER.value, "transfer withdrawn"


@dataclass(frozen=True)
class Wish:
    """What the holder of the request with `reference` wanted."""

    reference: str
    kind: Kind


class Fate(models.TextChoices):
    """What became of a wish."""

    REPEATED = "repeated", "done once more"
    KNOWN = "known", "known to this database already"
    MISSING = "missing", "of requests that this database does not have: made after the backup, and lost"


def _pattern(line: str, logger: str, *words: str) -> re.Pattern[str]:
    return re.compile(_HEAD + re.escape(f"{logger}: ") + re.escape(line).replace("%s", "{}").format(_REFERENCE, *words))


_PURPOSES = "|".join(Purpose.values)
_PERSON = _pattern(PERSON_ERASED_LINE, erasing.logger.name)
_REQUEST = _pattern(ERASED_LINE, erasing.logger.name)
_WITHDRAWN = _pattern(WITHDRAWN_LINE, withdrawing.logger.name, f"({_PURPOSES})")


def read_wishes(lines: Iterable[str]) -> list[Wish]:
    """Return what the `lines` of a log say was wanted, each once, in their order; other lines are passed over."""
    found: dict[Wish, None] = {}
    for line in map(str.rstrip, lines):
        if match := _PERSON.fullmatch(line):
            found[Wish(match[1], Kind.PERSON)] = None
        elif match := _REQUEST.fullmatch(line):
            found[Wish(match[1], Kind.REQUEST)] = None
        elif match := _WITHDRAWN.fullmatch(line):
            found[Wish(match[1], Kind(match[2]))] = None
    return list(found)


def fate_of(wish: Wish) -> Fate:
    """Say what `repeat` would do: REPEATED where the database does not know the wish."""
    submission = Submission.objects.filter(reference=wish.reference).first()
    if submission is None:
        return Fate.MISSING
    if not submission.email:
        return Fate.KNOWN
    if wish.kind in {Kind.PERSON, Kind.REQUEST}:
        return Fate.REPEATED
    standing: bool = ConsentRecord.objects.filter(submission=submission, purpose=wish.kind.value).standing().exists()
    return Fate.REPEATED if standing else Fate.KNOWN


def repeat(wish: Wish) -> Fate:
    """Do what was wanted once more, by the acts that did it first, and return what became of it.

    Partners' webhooks are told again, if they were to be told. Called again, it changes nothing.
    """
    fate = fate_of(wish)
    if fate != Fate.REPEATED:
        return fate
    submission = Submission.objects.get(reference=wish.reference)
    if wish.kind == Kind.PERSON:
        erase_person(submission.email, by=None)
    elif wish.kind == Kind.REQUEST:
        erase_requests(Submission.objects.filter(pk=submission.pk), by=None)
    else:
        withdraw(submission, [Purpose(wish.kind.value)], how=Means.DESK)
    return fate
