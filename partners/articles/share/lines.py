"""In which lines, and in which size, does a text fit its place in a share image?

Where a line may end follows the Unicode Line Breaking Algorithm (UAX #14): Latin by words, Chinese by characters, of
which some neither begin nor end a line (W3C, Requirements for Chinese Text Layout, 3.1.3). A few large words are read
by phrases, so Chinese is broken between its words (BudouX) as long as these fit.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from uniseg.graphemecluster import grapheme_clusters
from uniseg.linebreak import line_break_units

from partners.articles.phrases import parser

ELLIPSIS = "…"
#: Pixels of a text at a size.
type Measure = Callable[[str, int], float]

_SPACES = re.compile(r"\s+")
# Kept of the characters that only direct others: what joins emoji and letters. The rest could turn a line around.
_KEPT_FORMATS = frozenset("\u200c\u200d")
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Vietnamese needs two; more stack into the lines above.
_MARKS_ON_ONE = 2


@dataclass(frozen=True)
class Place:
    """The room of a text, in pixels: `sizes` are tried from the largest, `leading` is a line's height in sizes."""

    width: int
    height: int
    sizes: Sequence[int]
    leading: float
    most_lines: int

    def lines_at(self, size: int) -> int:
        """Return how many lines of `size` fit, at least one."""
        return max(1, min(self.most_lines, int(self.height / (size * self.leading))))


@dataclass(frozen=True)
class Fitted:
    """The lines of a text and their size in pixels."""

    lines: tuple[str, ...]
    size: int


def clean(text: str) -> str:
    """Return `text` as one line of visible characters, without what would run over its neighbours."""
    kept: list[str] = []
    marks = 0
    for character in _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip():
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks > _MARKS_ON_ONE or (category in _UNWANTED and character not in _KEPT_FORMATS):
            continue
        kept.append(character)
    return "".join(kept).strip()


def fit(text: str, place: Place, measure: Measure, language: str = "en") -> Fitted:
    """Return `text` in the largest size in which it fits, else cut in the smallest; its lines as even as can be.

    `language` is a code of LANGUAGES.
    """
    text = clean(text)
    units = _words(text, language)
    for size in place.sizes:
        if measure(text, size) > place.width * place.lines_at(size):
            continue
        if any(measure(unit.rstrip(), size) > place.width for unit in units):
            # A smaller size is better than a broken word.
            continue
        lines = _broken(units, place.width, size, measure)
        if len(lines) <= place.lines_at(size):
            return Fitted(_even(units, lines, place.width, size, measure), size)
    size = place.sizes[-1]
    units = _pieces(text, place.width, size, measure)
    lines, most = _broken(units, place.width, size, measure), place.lines_at(size)
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(lines[most - 1], place.width, size, measure)]
    return Fitted(tuple(lines), size)


def _words(text: str, language: str) -> list[str]:
    """Return the parts of `text` that stay together: words, with their marks and the space after them."""
    units = list(line_break_units(text))
    if not language.startswith("zh") or not text:
        return units
    ends = set(accumulate(len(phrase) for phrase in parser(language).parse(text)))
    # A part that holds Latin letters keeps its own ends: the parser knows Chinese alone.
    words, end, is_open = [""], 0, False
    for unit in units:
        end += len(unit)
        words[-1] += unit
        is_open = end not in ends and not unit.isascii()
        if not is_open:
            words.append("")
    return words if is_open else words[:-1]


def _pieces(text: str, width: float, size: int, measure: Measure) -> list[str]:
    """Return the parts between which a line may end; a part that is wider than a line, in its characters."""
    units: list[str] = []
    for unit in line_break_units(text):
        units += [unit] if measure(unit.rstrip(), size) <= width else grapheme_clusters(unit)
    return units


def _broken(units: Sequence[str], width: float, size: int, measure: Measure) -> list[str]:
    lines: list[str] = []
    line = ""
    for unit in units:
        if line and measure((line + unit).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = ""
        line += unit
    if line.strip():
        lines.append(line.rstrip())
    return lines


def _even(units: Sequence[str], lines: list[str], width: int, size: int, measure: Measure) -> tuple[str, ...]:
    """Return as many lines, but about as wide as each other: no single word is left over for the last."""
    narrow, wide, best = width // 2, width, lines
    while wide - narrow > size // 4:
        middle = (narrow + wide) // 2
        tried = _broken(units, middle, size, measure)
        if len(tried) == len(lines) and all(measure(line, size) <= middle for line in tried):
            wide, best = middle, tried
        else:
            narrow = middle
    return tuple(best)


def _cut(line: str, width: float, size: int, measure: Measure) -> str:
    clusters = list(grapheme_clusters(line))
    while clusters and measure("".join(clusters).rstrip() + ELLIPSIS, size) > width:
        clusters.pop()
    return "".join(clusters).rstrip(" ,;:，、；：。.") + ELLIPSIS
