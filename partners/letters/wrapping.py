"""Where does a line of plain text end? At 78 columns (RFC 5322, 2.1.1), with Chinese characters two columns wide."""

import re
import unicodedata
from itertools import pairwise

WIDTH = 78
# Marks that must not begin a line, and marks that must not end one (W3C, Requirements for Chinese Text Layout, 3.1.3).
_CLOSING = set("，。、；：？！）》〉」』】”’…％,.;:?!)%")
_OPENING = set("（《〈「『【“‘(")
# An address stays whole whatever its length: half of one opens nothing.
_ADDRESS = re.compile(r"(<?https?://[!-~]+|[!-~]+@[!-~]+)")


def columns(text: str) -> int:
    """Return how many columns `text` takes in a terminal or a mail program's fixed-width font."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def wrap(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> str:
    """Return `text` in lines of at most `width` columns, the first begun with `first` and the others with `rest`.

    Line breaks in `text` are kept, other white space is folded. Only what cannot be broken, an address or a
    very long word, may be wider.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, at = (rest if lines else first), ""
        for space, piece in _pieces(paragraph):
            if at and columns(line + at + space + piece) > width:
                lines.append((line + at).rstrip())
                line, at = rest, piece
            else:
                at = at + space + piece if at else piece
        lines.append((line + at).rstrip())
    return "\n".join(lines)


def _pieces(text: str) -> list[tuple[str, str]]:
    """Return what a line may be broken between, each with the space before it."""
    pieces: list[tuple[str, str]] = []
    for word in text.split():
        parts = [
            part
            for number, segment in enumerate(_ADDRESS.split(word))
            for part in ([segment] if number % 2 else _parts(segment))
        ]
        pieces.extend((" " if number == 0 else "", part) for number, part in enumerate(parts))
    return pieces


def _parts(word: str) -> list[str]:
    """Return the parts of a word without spaces: it may be broken beside each wide character, marks excepted."""
    if word.isascii():
        return [word] if word else []
    parts = [word[:1]]
    for before, character in pairwise(word):
        wide = "W" in {unicodedata.east_asian_width(before), unicodedata.east_asian_width(character)}
        if wide and character not in _CLOSING and before not in _OPENING and not unicodedata.combining(character):
            parts.append(character)
        else:
            parts[-1] += character
    return parts
