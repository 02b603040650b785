"""Which requests are one person's, and does a text speak of that person?"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.encoding import punycode

from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.correction import AddressCorrection
from partners.brochures.message import BrochureMessage
from partners.brochures.spam_words import mailbox
from partners.brochures.submission import Submission
from partners.not_ascii import is_not_ascii

# Chosen from what an editor wrote: these answers are nobody's own words.
_CHOSEN = frozenset({"checkbox", "checkboxes", "dropdown", "multiselect", "radio", "hidden"})
# Scripts that are written without spaces: a word may begin and end anywhere.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_NAME_IN_HAN = 3
_ADDRESS_GOES_BACK, _ADDRESS_GOES_ON = re.compile(r"[a-z0-9._+-]\Z"), re.compile(r"[.-]?[a-z0-9]")
# Latin letters fewer than this are found within other words everywhere.
_SHORTEST = 4


class NoAddress(ValueError):  # noqa: N818  named for what it is
    """What was given is no e-mail address."""


def as_address(text: str) -> str:
    """Return `text` without white space around it. Raises NoAddress where it has no name or no domain.

    Between quotation marks, as in rows of before forms refused them, a name may hold white space.
    """
    address = unicodedata.normalize("NFKC", text).strip()
    local, _, domain = address.rpartition("@")
    without_space = domain if local[0:1] == local[-1:] == '"' else address
    if not local or not domain or any(character.isspace() for character in without_space):
        raise NoAddress
    return address


def requests_of(address: str) -> list[int]:
    """Return the ids of the requests whose mailbox is or was that of `address`, or got a letter there, ascending.

    Two addresses are one mailbox's as `mailbox` says: case, width of letters, quotation marks, a tag after '+', Gmail's
    dots and the spelling of an international domain make no difference. Raises NoAddress.
    """
    wanted = mailbox(as_address(address))
    places: list[tuple[QuerySet[Any], str, str]] = [
        (Submission.objects.all(), "email", "pk"),
        (AddressCorrection.objects.all(), "before", "submission_id"),
        (BrochureMessage.objects.all(), "to", "submission_id"),
        (ConsentConfirmation.objects.all(), "to", "record__submission_id"),
    ]
    found: set[int] = set()
    for rows, field, owner in places:
        found.update(pk for pk, text in _named_alike(rows, field, wanted, owner) if mailbox(text) == wanted)
    return sorted(found)


def own_of(submission_ids: Collection[int], address: str) -> list[int]:
    """Return those of `submission_ids` whose mailbox is that of `address` now, ascending.

    The others of `requests_of` were somebody else's all along: a mistyped address was corrected, or a letter went
    astray. Nothing of them may be handed to whoever has the mailbox but those letters. Raises NoAddress.
    """
    wanted = mailbox(as_address(address))
    rows = Submission.objects.filter(pk__in=submission_ids).exclude(email="").order_by("pk")
    return [pk for pk, text in rows.values_list("pk", "email") if mailbox(text) == wanted]


def _named_alike(rows: QuerySet[Any], field: str, wanted: str, owner: str) -> Iterator[tuple[int, str]]:
    """Yield owner and address of the rows whose mailbox may be `wanted`: all of them, and some that are others'.

    By an index on the address in small letters, as it is written in all but a few rows: those with quotation marks, by
    the same index, and those with a letter that is not ASCII, in whatever part, by one that has nothing else, are
    looked at one by one.
    """
    # In no order: the table's own would have all rows walked through by its index.
    rows = rows.exclude(**{field: ""}).order_by()
    local, _, domain = wanted.rpartition("@")
    letters = r"\.?".join(map(re.escape, local)) if domain == "gmail.com" else re.escape(local)
    begins = local[:1] if domain == "gmail.com" else local
    plain = rows.alias(small=Lower(field)).filter(small__startswith=begins, small__regex=rf"^{letters}(\+[^@]*)?@")
    quoted = rows.alias(small=Lower(field)).filter(small__startswith='"')
    yield from plain.values_list(owner, field).iterator()
    yield from quoted.values_list(owner, field).iterator()
    yield from rows.filter(is_not_ascii(field)).values_list(owner, field).iterator()


def addresses_of(submission_ids: Collection[int]) -> list[str]:
    """Return the addresses that the requests, their letters and corrections name, each once."""
    of_requests = Submission.objects.filter(pk__in=submission_ids).values_list("email", flat=True)
    of_letters = BrochureMessage.objects.filter(submission__in=submission_ids).values_list("to", flat=True)
    typed = AddressCorrection.objects.filter(submission__in=submission_ids).values_list("before", flat=True)
    return sorted({*of_requests, *of_letters, *typed} - {""})


class Words:
    """What would give away whose requests these are, ready to be looked for in many texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take `texts` in any spelling; single letters are none."""
        spellings = (_normal(spelling) for text in texts for spelling in _spellings(text))
        words = {word for word in spellings if len(word) > 1}
        self._short = {word for word in words if word.isascii() and len(word) < _SHORTEST}
        self._addresses = "\n".join(word for word in words if "@" in word)
        # By their first two letters: each text is gone through once, however many words there are.
        self._by_beginning: dict[str, list[str]] = {}
        for word in words - self._short:
            self._by_beginning.setdefault(word[:2], []).append(word)

    def __bool__(self) -> bool:
        """Say whether there is anything to look for."""
        return bool(self._short or self._by_beginning)

    def stand_in(self, text: str) -> bool:
        """Say whether `text` holds one of the words, or is a part of one that is an address.

        Latin letters fewer than _SHORTEST count as a word of their own alone.
        """
        given = _normal(text)
        if len(given) >= _SHORTEST and given in self._addresses:
            return True
        if self._short and not self._short.isdisjoint(given.split()):
            return True
        return any(self._places(given))

    def _places(self, given: str) -> Iterator[tuple[int, str]]:
        """Yield where in `given` which of the words stands."""
        for place in range(len(given) - 1):
            for word in self._by_beginning.get(given[place : place + 2], ()):
                if given.startswith(word, place):
                    yield place, word


class Names(Words):
    """Addresses and names as a whole: for where nobody looks at what is found before it goes.

    Whoever fills in a form chooses what it says, so that answers, and names of one word, are ordinary words as often as
    not. A name counts from two words on, or three letters of Chinese.
    """

    def __init__(self, addresses: Iterable[str], names: Iterable[str]) -> None:
        """Take them in any spelling."""
        super().__init__([*addresses, *filter(_is_full_name, names)])

    def stand_in(self, text: str) -> bool:
        """Say whether one of them stands in `text`, with nothing before or behind it that belongs to the same word."""
        given = _normal(text)
        return any(_is_whole(given, place, word) for place, word in self._places(given))


def words_about(submission_ids: Collection[int], address: str = "") -> Words:
    """Return what would give away whose the requests are: addresses, names, companies, own words."""
    texts = [address] if address else []
    texts += addresses_of(submission_ids)
    for name, company, answers in Submission.objects.filter(pk__in=submission_ids).values_list(
        "name", "company", "answers"
    ):
        texts += [name, company, *_own_words(answers)]
    return Words(texts)


def names_about(submission_ids: Collection[int]) -> Names:
    """Return the addresses and the full names of those whose the requests are."""
    names = Submission.objects.filter(pk__in=submission_ids).values_list("name", flat=True)
    return Names(addresses_of(submission_ids), names)


def _is_full_name(name: str) -> bool:
    return len(name.split()) > 1 or len(_UNSPACED.findall(name)) >= _NAME_IN_HAN


def _is_whole(text: str, begin: int, word: str) -> bool:
    end = begin + len(word)
    if "@" in word:
        return not _ADDRESS_GOES_BACK.search(text, 0, begin) and not _ADDRESS_GOES_ON.match(text, end)
    return not _goes_on(text[begin - 1 : begin], text[begin]) and not _goes_on(text[end - 1], text[end : end + 1])


def _goes_on(before: str, after: str) -> bool:
    """Say whether two letters that follow each other are of one word."""
    return before.isalnum() and after.isalnum() and not _UNSPACED.search(before + after)


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
