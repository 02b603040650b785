"""Is a placeholder in a letter's words one that we know, and what is put in its place?"""

import re
import unicodedata
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

_PLACE = re.compile(r"\{([a-z]+)\}")
# Closed braces with anything between them, so that a mistake is named whole; else the lone brace with what is near.
_BRACED = re.compile(r"[{｛][^{｛}｝]{0,60}[}｝]|[{｛][^\s{｛}｝]{0,30}|[^\s{｛}｝]{0,30}[}｝]")
# Joiners hold emoji and several scripts together; every other invisible character has no business in a value.
_JOINERS = "\u200c\u200d"
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


def complaints(text: str, allowed: Collection[str]) -> list[str]:
    """Return a sentence for each thing in braces in `text` that is not a placeholder of `allowed`; it names both."""
    listed = ", ".join(f"{{{name}}}" for name in allowed)
    return [
        _("%(found)s is not a placeholder here. These are: %(allowed)s") % {"found": found, "allowed": listed}
        for found in dict.fromkeys(_BRACED.findall(text))
        if not ((place := _PLACE.fullmatch(found)) and place[1] in allowed)
    ]


def named_in(text: str) -> set[str]:
    """Return the names of the placeholders in `text`."""
    return set(_PLACE.findall(text))


def split_at(text: str, name: str) -> list[str]:
    """Return what stands before, between and after the places called `name`."""
    return text.split(f"{{{name}}}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with the values in their places, read once: braces in a value stay what they are.

    The result is plain text: whoever puts it into HTML escapes it. Raises KeyError for a place without a value.
    """
    return _PLACE.sub(lambda place: values[place[1]], text)


def one_line(value: str) -> str:
    """Return `value` on one line, without characters that control, reorder or hide text.

    A value that is written from right to left is isolated (Unicode Standard Annex 9, 2.4.2), so that it does not turn
    round the sentence it stands in.
    """
    kept = "".join(" " if character.isspace() else character for character in value if _is_text(character))
    line = " ".join(kept.split())
    if any(unicodedata.bidirectional(character) in {"R", "AL"} for character in line):
        return f"{_ISOLATE}{line}{_END_OF_ISOLATE}"
    return line


def _is_text(character: str) -> bool:
    return (
        character in _JOINERS
        or character.isspace()
        or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
