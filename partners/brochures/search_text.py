"""What of a request is searched, and by which indexes are Latin words and two Chinese characters both found?

Trigrams (pg_trgm) find three characters of Latin text; in many locales they leave Chinese out, whose names and terms
are often two characters long. So Chinese text is also kept as its characters and pairs, in an array of its own. A
trigger of the database writes both columns.
"""

import unicodedata
from itertools import pairwise

from django.db.models import Q

# The ideographs of Unicode's blocks that people type; the same range as in the function of the database.
_FIRST, _LAST = "\u3400", "\u9fff"


def normalised(text: str) -> str:
    """Return `text` as the database keeps it for the search: compatible forms (NFKC), in lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def contains_word(word: str) -> Q:
    """Return the condition that a request's searched text contains `word`, in a form that an index serves."""
    word = normalised(word)
    found = Q(search_text__contains=word)
    if grams := _grams(word):
        found &= Q(search_ideographs__contains=grams)
    return found


def _grams(word: str) -> list[str]:
    """Return the pairs of Chinese characters in `word`, or the one that stands alone."""
    pairs = [first + second for first, second in pairwise(word) if _is_ideograph(first) and _is_ideograph(second)]
    return pairs or [character for character in word if _is_ideograph(character)]


def _is_ideograph(character: str) -> bool:
    return _FIRST <= character <= _LAST
