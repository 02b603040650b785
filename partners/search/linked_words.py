"""Which words of a text that is searched link to a page, so that a hit names an article among those with its label?

Marks in the text say it: characters of Unicode's private use, which no reader types, and the page's key in digits of
theirs, or the address that was typed instead. What is searched are the words without them. The label itself is not
kept: it is the page's as it is when the hit is shown.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.encoding import iri_to_uri
from wagtail.rich_text.rewriters import extract_attrs

from partners.articles.blocks import words_of
from partners.articles.linked_pages import Named, named_by

_BEGINS, ENDS, _FIRST_DIGIT = "\ue001", "\ue002", 0xE010
_AS_DIGITS = {ord("0") + number: chr(_FIRST_DIGIT + number) for number in range(10)}
_OF_DIGITS = {ord(private): number for number, private in _AS_DIGITS.items()}
# An address is written in ASCII; its characters stand behind those of private use that digits and pages do not take.
_FIRST_OF_ADDRESS = 0xE100
_KEY, _ADDRESS = f"[{_AS_DIGITS[ord('0')]}-{_AS_DIGITS[ord('9')]}]*", "[\ue100-\ue17f]+"
_MARK = re.compile(f"{_BEGINS}({_ADDRESS}|{_KEY})|{ENDS}")
_LINK = re.compile(r"<a(\b[^>]*)>(.*?)</a>", re.DOTALL)


@dataclass(frozen=True)
class LinkedWords:
    """The words of a link: where they begin and end in the text without marks, and the page: its key or address."""

    begins: int
    ends: int
    page: Named


def with_marks(html: str) -> str:
    """Return rich text, as it is stored, with marks around the words of its links to pages."""
    return _LINK.sub(_marked, html) if "<a" in html else html


def words_with_marks(body: Any) -> str:
    """Return the words in a StreamField's value as `words_of` does, with marks."""
    raw = list(body.raw_data)
    marked = _each_text(raw)
    return words_of(body if marked == raw else body.stream_block.to_python(marked))


def without_marks(text: str) -> str:
    """Return the words of `text` alone."""
    return _MARK.sub("", text)


def read_marks(text: str) -> tuple[str, list[LinkedWords]]:
    """Return the words of `text` alone, and which of them link to pages, in order.

    A link whose end was cut off ends with the text.
    """
    if _BEGINS not in text:
        return without_marks(text) if ENDS in text else text, []
    plain, at, links = "", 0, list[LinkedWords]()
    open_link: tuple[int, Named] = (0, 0)
    for mark in _MARK.finditer(text):
        plain += text[at : mark.start()]
        at = mark.end()
        begins, page = open_link
        if page:
            links.append(LinkedWords(begins, len(plain), page))
        open_link = (len(plain), _read(mark[1])) if mark[1] else (0, 0)
    plain += text[at:]
    begins, page = open_link
    if page:
        links.append(LinkedWords(begins, len(plain), page))
    return plain, links


def _marked(link: re.Match[str]) -> str:
    page = named_by(extract_attrs(link[1]))
    return f"{_BEGINS}{_written(page)}{link[2]}{ENDS}" if page else link[0]


def _written(page: Named) -> str:
    if isinstance(page, int):
        return str(page).translate(_AS_DIGITS)
    return "".join(chr(_FIRST_OF_ADDRESS + ord(character)) for character in iri_to_uri(page))


def _read(written: str) -> Named:
    if ord(written[0]) < _FIRST_OF_ADDRESS:
        return int(written.translate(_OF_DIGITS))
    return "".join(chr(ord(character) - _FIRST_OF_ADDRESS) for character in written)


def _each_text(value: Any) -> Any:
    """Return a raw value with marks in each of its texts."""
    if isinstance(value, str):
        return with_marks(value)
    if isinstance(value, Mapping):
        return {name: _each_text(part) for name, part in value.items()}
    return [_each_text(part) for part in value] if isinstance(value, Collection) else value
