"""Which font draws which part of a text in a share image?

Chinese has other forms of the same character in Hong Kong and on the mainland, and one font file holds both. What a
font lacks is drawn by the next of its chain, so that no reader sees an empty box.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont
from uniseg.graphemecluster import grapheme_clusters

from partners.articles.share.font_files import CHINESE, OTHERS, SERIF

#: What stands for a character that no font knows: the mark that Chinese typesetters put for a missing sort.
MISSING = "\u3013"


class Role(Enum):
    """What a text is for: only titles in Latin letters have serifs, as on the site."""

    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True)
class Face:
    """One font of a file; `index` is its place in a collection."""

    path: Path
    index: int = 0

    def characters(self) -> frozenset[int]:
        """Return the code points that the font can draw."""
        return _characters(self)

    def at(self, size: int, weight: int) -> ImageFont.FreeTypeFont:
        """Return the font at `size` pixels and as near to `weight` (100 to 900) as it has."""
        return _sized(self, size, weight)


#: The places of the regional forms in the collection.
_FORMS = {"zh-hans": Face(CHINESE, 2), "zh-hant": Face(CHINESE, 4)}
_HONG_KONG = _FORMS["zh-hant"]
_FALLBACK = [Face(path) for path in OTHERS]
_RIGHT_TO_LEFT = {face for face in _FALLBACK if face.path.name.startswith(("NotoSansArabic", "NotoSansHebrew"))}


@cache
def chain(language: str, role: Role) -> tuple[Face, ...]:
    """Return the fonts for a text of `language` (a code of LANGUAGES), the one of first choice first."""
    chinese = _FORMS.get(language, _HONG_KONG)
    first = [Face(SERIF)] if role is Role.TITLE and language not in _FORMS else []
    return (*first, chinese, *_FALLBACK)


def runs(text: str, language: str, role: Role) -> list[tuple[str, Face]]:
    """Return `text` in pieces, each with the font that draws it; what no font knows is replaced by MISSING.

    A space or a mark stays with the words before it where these run from right to left, so that several of them are
    one piece.
    """
    return list(_runs(text, language, role))


@lru_cache(maxsize=4096)
def _runs(text: str, language: str, role: Role) -> tuple[tuple[str, Face], ...]:
    faces = chain(language, role)
    pieces: list[tuple[str, Face]] = []
    for cluster in grapheme_clusters(text):
        face = _face_for(cluster, faces, pieces[-1][1] if pieces else None)
        if face is None:
            cluster, face = MISSING, _HONG_KONG
        if pieces and pieces[-1][1] == face:
            pieces[-1] = (pieces[-1][0] + cluster, face)
        else:
            pieces.append((cluster, face))
    return tuple(pieces)


def _face_for(cluster: str, faces: tuple[Face, ...], before: Face | None) -> Face | None:
    # A joiner or a selector of forms is an instruction: a font without it draws the rest.
    needed = {ord(character) for character in cluster if character not in "\u200c\u200d\ufe0e\ufe0f"}
    if before is not None and before in _RIGHT_TO_LEFT and not cluster.isalnum() and needed <= before.characters():
        return before
    return next((face for face in faces if needed <= face.characters()), None)


@cache
def _characters(face: Face) -> frozenset[int]:
    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        return frozenset(font.getBestCmap())


@lru_cache(maxsize=256)
def _sized(face: Face, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(face.path), size, index=face.index)
    # Cut for half its size: the pictures are mostly seen smaller, where fine strokes would vanish.
    wanted = {b"Weight": weight, b"Optical Size": size // 2}
    values: list[float] = []
    for axis in font.get_variation_axes():
        least, default, most = axis["minimum"] or 0, axis["default"] or 0, axis["maximum"] or 0
        values.append(min(max(wanted.get(axis["name"] or b"", default), least), most))
    font.set_variation_by_axes(values)
    return font
