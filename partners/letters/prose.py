"""What do an editor's paragraphs hold, and how are they written in HTML and in plain text?

The source is what Wagtail's editor stores. It is read into paragraphs, lists and runs of words, and both parts
of the letter are written from those: nothing else of the source reaches a letter.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from partners.letters.placeholders import fill, named_in, split_at
from partners.letters.wrapping import wrap
from partners.numbers import number_in

FEATURES = ["bold", "italic", "link", "ol", "ul"]
_SPACE = re.compile(r"\s+")
_AROUND_BREAK = re.compile(r" *\n *")
_LINK_STYLE = "color: #0a5670; text-decoration: underline;"


@dataclass(frozen=True)
class Run:
    """Words in one style. `href` is an address; `page` the key of a page of this site, to be looked up."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""
    page: int | None = None


@dataclass(frozen=True)
class Block:
    """A paragraph (`tag` is 'p', one item) or a list ('ul', 'ol'); each item is its runs."""

    tag: str
    items: tuple[tuple[Run, ...], ...]

    @property
    def html_items(self) -> list[SafeString]:
        """The items for the HTML part, escaped."""
        return [_to_html(item) for item in self.items]

    @property
    def text(self) -> str:
        """The block for the plain part, wrapped."""
        lines = []
        for number, item in enumerate(self.items, 1):
            mark = {"ul": "- ", "ol": f"{number}. "}.get(self.tag, "")
            lines.append(wrap(_to_text(item), first=mark, rest=" " * len(mark)))
        return "\n".join(lines)


def read(source: str) -> tuple[Block, ...]:
    """Return the blocks of `source`; empty ones are left out."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return tuple(reader.blocks())


def runs_of(blocks: Collection[Block]) -> Iterator[Run]:
    """Yield every run of `blocks`."""
    for block in blocks:
        for item in block.items:
            yield from item


def fill_blocks(
    blocks: Collection[Block], values: Mapping[str, str], optional: Collection[str] = ()
) -> tuple[Block, ...]:
    """Return `blocks` with the values in their places; an item that names an empty one of `optional` is left out.

    The value of {link} becomes a link. Raises KeyError for a place without a value.
    """
    filled = []
    for block in blocks:
        items = [
            tuple(part for run in item for part in _fill_run(run, values))
            for item in block.items
            if not any(name in optional and not values[name] for run in item for name in named_in(run.text))
        ]
        if items:
            filled.append(Block(block.tag, tuple(items)))
    return tuple(filled)


def _fill_run(run: Run, values: Mapping[str, str]) -> Iterator[Run]:
    pieces = [run.text] if run.href or run.page else split_at(run.text, "link")
    for number, piece in enumerate(pieces):
        if number:
            yield replace(run, text=values["link"], href=values["link"])
        if piece:
            yield replace(run, text=fill(piece, values))


def _to_html(item: tuple[Run, ...]) -> SafeString:
    return format_html_join("", "{}", ((_run_to_html(run),) for run in item))


def _run_to_html(run: Run) -> SafeString:
    lines = run.text.split("\n")
    words = format_html("{}", lines[0]) + format_html_join("", "<br>{}", ((line,) for line in lines[1:]))
    if run.bold:
        words = format_html("<strong>{}</strong>", words)
    if run.italic:
        words = format_html("<em>{}</em>", words)
    if run.href:
        words = format_html('<a class="link" href="{}" style="{}">{}</a>', run.href, _LINK_STYLE, words)
    return words


def _to_text(item: tuple[Run, ...]) -> str:
    """Return the words, each link's address after them unless they are the address (RFC 3986, appendix C)."""
    parts = []
    for number, run in enumerate(item):
        parts.append(run.text)
        ends = number + 1 == len(item) or item[number + 1].href != run.href
        address = run.href.removeprefix("mailto:").removeprefix("tel:")
        if run.href and ends and address != run.text:
            parts.append(f" <{address}>")
    return "".join(parts)


class _Reader(HTMLParser):
    """Reads the few elements that FEATURES allow; of any other only the words are kept."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._tags: list[str] = ["p"]
        self._items: list[list[list[Run]]] = [[[]]]
        self._style: dict[str, Any] = {}

    def blocks(self) -> Iterator[Block]:
        """Yield what was read."""
        for tag, items in zip(self._tags, self._items, strict=True):
            kept = tuple(trimmed for item in items if (trimmed := _trimmed(item)))
            if kept:
                yield Block(tag, kept)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "br":
            self._add("\n")
        elif tag in {"b", "strong"}:
            self._style["bold"] = True
        elif tag in {"i", "em"}:
            self._style["italic"] = True
        elif tag == "a":
            page = number_in(given.get("id") or "")
            if given.get("linktype") == "page" and page is not None:
                self._style["page"] = page
            else:
                self._style["href"] = given.get("href") or ""
        elif tag == "li" and self._tags[-1] != "p":
            self._items[-1].append([])
        elif tag in {"p", "ul", "ol", "li"}:
            self._tags.append("p" if tag == "li" else tag)
            self._items.append([[]])

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "ul", "ol"}:
            self._tags.append("p")
            self._items.append([[]])
        for key in {"b": ["bold"], "strong": ["bold"], "i": ["italic"], "em": ["italic"], "a": ["href", "page"]}.get(
            tag, []
        ):
            self._style.pop(key, None)

    def handle_data(self, data: str) -> None:
        self._add(_SPACE.sub(" ", data))

    def _add(self, text: str) -> None:
        self._items[-1][-1].append(Run(text=text, **self._style))


def _trimmed(item: list[Run]) -> tuple[Run, ...]:
    """Return the item without white space at its ends, white space in it folded; nothing where no word is left."""
    runs: list[Run] = []
    for run in item:
        text = _AROUND_BREAK.sub("\n", run.text)
        if not runs or runs[-1].text.endswith((" ", "\n")):
            text = text.lstrip(" ")
        if text:
            runs.append(replace(run, text=text))
    while runs and not runs[-1].text.strip():
        runs.pop()
    if runs:
        runs[0] = replace(runs[0], text=runs[0].text.lstrip())
        runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip())
    return tuple(runs)
