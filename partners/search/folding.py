"""When are two ways of writing the same word to a search? Case, accents, width and Traditional or Simplified aside.

Folding never changes the length of a text, so that a place in the folded text is the same place in what a reader sees.
"""

import re
import unicodedata
from functools import cache

from opencc import OpenCC

# Unicode's blocks of Chinese characters (with their compatibility forms) and of the Japanese syllables.
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_TOGETHER = f"[{_HAN}\u3040-\u30ff]+"
HAN_RUN = re.compile(_TOGETHER)
_RUN = re.compile(rf"(?P<han>{_TOGETHER})|(?P<word>[^\W_{_HAN}\u3040-\u30ff]+)")


def composed(text: str) -> str:
    """Return `text` in composed forms (Unicode's NFC), without control characters: as it is kept and shown."""
    found = unicodedata.normalize("NFC", text)
    # Nearly all are: nothing in it is a control character, so that none need be looked at one by one.
    if found.isprintable():
        return found
    return "".join(" " if unicodedata.category(character) in {"Cc", "Cf", "Cs"} else character for character in found)


def folded(text: str) -> str:
    """Return composed `text` with each character in its plain form: lower case, without accent or width, Simplified.

    One character stays one character. Simplified is what Traditional characters fall together into (OpenCC's `t2s`).
    """
    # Of ASCII nothing but capitals has another form.
    return text.lower() if text.isascii() else text.translate(_PLAIN)


def pieces(text: str) -> tuple[list[str], list[str]]:
    """Return the words of `text`, folded, and its runs of Chinese characters, folded, each in order."""
    words: list[str] = []
    runs: list[str] = []
    # A ligature becomes its letters here, where no place is to be kept.
    for match in _RUN.finditer(folded(unicodedata.normalize("NFKC", composed(text)))):
        (runs if match.lastgroup == "han" else words).append(match[0])
    return words, runs


def pairs(run: str) -> list[str]:
    """Return the pairs of neighbours in a run of Chinese characters, and its last character alone.

    The last one makes every character the beginning of some token, and keeps two runs from meeting.
    """
    return [run[at : at + 2] for at in range(len(run))]


@cache
def _simplified() -> dict[str, str]:
    characters = [chr(number) for block in (range(0x3400, 0x4DC0), range(0x4E00, 0xA000)) for number in block]
    # One by one: a character in a phrase may turn into another, and then a query would not find what it is part of.
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {before: after for before, after in zip(characters, converted, strict=True) if before != after}


class _PlainForms(dict[int, str]):
    """The plain form of each character, by its code point; worked out when it is first met, and kept of so many."""

    # More than any site has; visitors may type a million.
    MOST = 50_000

    def __missing__(self, code: int) -> str:
        character = unicodedata.normalize("NFKC", chr(code))[0]
        plain = _simplified().get(character)
        if plain is None:
            bare, *marks = list(unicodedata.normalize("NFD", character))
            # Only accents fall away: the parts of a Korean syllable are letters.
            plain = (bare if all(unicodedata.combining(mark) for mark in marks) else character).lower()[0]
        if len(self) < self.MOST:
            self[code] = plain
        return plain


_PLAIN = _PlainForms()
