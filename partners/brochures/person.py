"""Which requests are one person's, and does a text speak of that person?"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import CharField, F, Func, QuerySet
from django.db.models.functions import Lower
from django.utils.encoding import punycode

from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.message import BrochureMessage
from partners.brochures.spam_words import mailbox
from partners.brochures.submission import Submission

# Chosen from what an editor wrote: these answers are nobody's own words.
_CHOSEN = frozenset({"checkbox", "checkboxes", "dropdown", "multiselect", "radio", "hidden"})
# Latin letters fewer than this are found within other words everywhere.
_SHORTEST = 4


class NoAddress(ValueError):  # noqa: N818  named for what it is
    """What was given is no e-mail address."""


def as_address(text: str) -> str:
    """Return `text` without white space around it. Raises NoAddress where it has no name or no domain."""
    address = unicodedata.normalize("NFKC", text).strip()
    local, _, domain = address.rpartition("@")
    if not local or not domain or any(character.isspace() for character in address):
        raise NoAddress
    return address


def requests_of(address: str) -> list[int]:
    """Return the ids of the requests whose mailbox is that of `address`, or to which a letter went there, ascending.

    Two addresses are one mailbox's as `mailbox` says: case, width of letters, a tag after '+', Gmail's dots and the
    spelling of an international domain make no difference. Raises NoAddress.
    """
    wanted = mailbox(as_address(address))
    places: list[tuple[QuerySet[Any], str, str]] = [
        (Submission.objects.all(), "email", "pk"),
        (BrochureMessage.objects.all(), "to", "submission_id"),
        (ConsentConfirmation.objects.all(), "to", "record__submission_id"),
    ]
    found: set[int] = set()
    for rows, field, owner in places:
        found.update(pk for pk, text in _named_alike(rows, field, wanted, owner) if mailbox(text) == wanted)
    return sorted(found)


def _named_alike(rows: QuerySet[Any], field: str, wanted: str, owner: str) -> Iterator[tuple[int, str]]:
    """Yield owner and address of the rows whose name before the @ may be that of `wanted`: one look at the table."""
    local, _, domain = wanted.rpartition("@")
    rows = rows.exclude(**{field: ""})
    if local.isascii():
        letters = r"\.?".join(map(re.escape, local)) if domain == "gmail.com" else re.escape(local)
        normal = Lower(Func(F(field), template="normalize(%(expressions)s, NFKC)", output_field=CharField()))
        rows = rows.alias(normal=normal).filter(normal__regex=rf"^{letters}(\+[^@]*)?@")
    yield from rows.values_list(owner, field).iterator()


def addresses_of(submission_ids: Collection[int]) -> list[str]:
    """Return the addresses that the requests and their letters name, each once."""
    of_requests = Submission.objects.filter(pk__in=submission_ids).values_list("email", flat=True)
    of_letters = BrochureMessage.objects.filter(submission__in=submission_ids).values_list("to", flat=True)
    return sorted({*of_requests, *of_letters} - {""})


def words_about(submission_ids: Collection[int], address: str = "") -> frozenset[str]:
    """Return what would give away whose the requests are: addresses in each spelling, names, companies, own words."""
    texts = [address] if address else []
    texts += addresses_of(submission_ids)
    for name, company, answers in Submission.objects.filter(pk__in=submission_ids).values_list(
        "name", "company", "answers"
    ):
        texts += [name, company, *_own_words(answers)]
    spellings = (spelling for text in texts for spelling in _spellings(text))
    return frozenset(word for spelling in spellings if len(word := _normal(spelling)) > 1)


def speaks_of(text: str, words: Iterable[str]) -> bool:
    """Say whether `text` holds one of `words`, of `words_about`, or is a part of one that is an address."""
    given = _normal(text)
    if not given:
        return False
    for word in words:
        is_short = word.isascii() and len(word) < _SHORTEST
        if (word in given.split() or word == given) if is_short else word in given:
            return True
        if "@" in word and len(given) >= _SHORTEST and given in word:
            return True
    return False


def _own_words(answers: Iterable[dict[str, Any]]) -> Iterator[str]:
    for answer in answers:
        value = answer.get("value")
        if answer.get("kind") not in _CHOSEN and isinstance(value, str):
            yield value


def _spellings(text: str) -> Iterator[str]:
    yield text
    local, at, domain = text.rpartition("@")
    if at:
        yield mailbox(text)
        try:
            yield f"{local}@{punycode(domain)}"
            yield f"{local}@{domain.encode().decode('idna')}"
        except UnicodeError:
            pass


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
