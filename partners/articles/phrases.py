"""Where may the line of a Chinese title end? Between its phrases (BudouX), rather than after any character.

Chinese has no spaces, so a browser ends a line anywhere: 七類新型基建，匯／於. A title is read by phrases, and a <wbr>
says where one ends. It is no character: who copies the title, or has it read aloud, gets the title alone.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from html import escape
from itertools import accumulate, pairwise
from typing import Any

import budoux
from django.utils.safestring import SafeString, mark_safe

LINE_MAY_END = "<wbr>"
# What stands before a title's first tag and behind its last, for the style of it and of nothing else.
BEFORE, BEHIND = '<span class="phrases">', "</span>"
# Titles that are remembered: some lists of a site in each language. One of twenty characters takes 0.2 ms to look at.
_REMEMBERED = 2048
# Phrases to BudouX, but they belong to the word before them.
_CLINGING = frozenset("的了嗎吗呢吧們们之")

# Marks after which a line may end, beside what closes a bracket or a quotation.
_PAUSES = frozenset("，。、：；！？…—")
# The blocks of Han characters.
_HAN = (("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))


@cache
def parser(language: str) -> Any:
    """Return what knows the phrases of a language, 'zh-hans' or 'zh-hant'."""
    if language == "zh-hans":
        return budoux.load_default_simplified_chinese_parser()
    return budoux.load_default_traditional_chinese_parser()


@lru_cache(maxsize=_REMEMBERED)
def phrase_ends(text: str, language: str) -> tuple[int, ...]:
    """Return after how many characters of `text` a line may end, beside its spaces; none outside of Chinese.

    `language` is a code of LANGUAGES. Latin words and numbers stay whole, and no line begins with a comma or ends with
    an opening mark (W3C, Requirements for Chinese Text Layout, 3.1.3).
    """
    if not language.startswith("zh") or not any(map(_is_han, text)):
        return ()
    phrases = parser(language).parse(text)
    starts = accumulate(len(phrase) for phrase in phrases[:-1])
    return tuple(at for at, after in zip(starts, phrases[1:], strict=True) if _may_end(text, at, after))


def in_phrases(text: str, language: str) -> SafeString:
    """Return `text` as HTML, escaped, with the places marked at which its lines may end; most texts have none."""
    return as_phrases([(text, False)], phrase_ends(text, language))


def as_phrases(parts: Iterable[tuple[str, bool]], ends: tuple[int, ...]) -> SafeString:
    """Return the `parts` of a text as HTML, escaped, those that are to be marked in a <mark>, with `ends` marked too.

    `ends` are places in the whole text, as of `phrase_ends`.
    """
    if not ends:
        # Every part is escaped.
        return mark_safe("".join(f"<mark>{escape(part)}</mark>" if marks else escape(part) for part, marks in parts))  # noqa: S308
    html: list[str] = []
    at = 0
    for part, is_marked in parts:
        inside = [0, *(end - at for end in ends if at < end < at + len(part)), len(part)]
        pieces = LINE_MAY_END.join(escape(part[a:b]) for a, b in pairwise(inside))
        # Outside of a mark where it is its edge.
        opens = LINE_MAY_END if at in ends else ""
        html.append(f"{opens}<mark>{pieces}</mark>" if is_marked else f"{opens}{pieces}")
        at += len(part)
    whole = "".join(html)
    # Every part was escaped above.
    return mark_safe(f"{BEFORE}{whole}{BEHIND}")  # noqa: S308


def _may_end(text: str, at: int, after: str) -> bool:
    left, right = text[at - 1], text[at]
    if not (_is_han(left) or _is_han(right)) or (left.isdigit() and _is_han(right)):
        return False
    if "".join(filter(_is_han, after)) in _CLINGING:
        return False
    ends = left.isalnum() or left in _PAUSES or unicodedata.category(left) in {"Pe", "Pf"}
    return ends and (right.isalnum() or unicodedata.category(right) in {"Ps", "Pi"})


def _is_han(character: str) -> bool:
    return any(first <= character <= last for first, last in _HAN)
