"""How do a reference in a text, such as [2], and the note that it names lead to each other?

A reference is written as text, so it is never lost: where there is no such note, or no page, it stays what was typed.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

NOTE_FEATURES = ["bold", "italic", "link"]

# With the space that may stand before it: on the page it is raised, and stands right behind its word.
_REFERENCE = re.compile(r"[ \u00a0]?(\[([1-9][0-9]?)\])")
_TAG = re.compile(r"""(<(?:[^>"']|"[^"]*"|'[^']*')*>)""")
_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
# No link may stand inside of these, or none should: a heading is named by its words, and stands in the contents too.
_WITHOUT_LINKS = {"a", "button", "h1", "h2", "h3", "h4", "h5", "h6"}


class NotesBlock(blocks.ListBlock):
    """The notes of an article, in their order; a reference names one by its number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(blocks.RichTextBlock(features=NOTE_FEATURES, label=_("Note")), **kwargs)

    class Meta:
        icon = "superscript"
        label = _("Notes")
        help_text = _(
            "Numbered from 1 in this order, and shown below the text. "
            "Where one belongs, write its number in the text: [1]"
        )
        template = "partners/blocks/notes.html"


def notes_of(body: Any) -> list[Any]:
    """Return the notes (rich text) of `body`, a StreamField's value, in the order of their numbers."""
    return [note for block in body if block.block_type == "notes" for note in block.value]


def missing_notes(body: Any) -> list[int]:
    """Return the numbers that the text of `body` names, where it has notes, but none of that number."""
    count = len(notes_of(body))
    if not count:
        return []
    texts = (text for block in body if block.block_type != "notes" for text in _texts(block))
    named = {int(number) for text in texts for _words, number in _REFERENCE.findall(str(text))}
    return sorted(number for number in named if number > count)


def what_notes_lack(body: Any) -> str:
    """Return what an editor should do about references that lead nowhere, or an empty string."""
    if not (missing := missing_notes(body)):
        return ""
    numbers = " ".join(f"[{number}]" for number in missing)
    return gettext("The text names notes that are not there: %(numbers)s. Add them, or change the numbers.") % {
        "numbers": numbers
    }


def link_references(html: str, count: int) -> tuple[str, Mapping[int, list[str]]]:
    """Return `html` with references to notes 1 to `count` as links, and by each number the ids of those links.

    `html` is a rendered text, well-formed. Only text is changed: no attribute, and nothing within a link or a heading.
    """
    found: dict[int, list[str]] = defaultdict(list)

    def linked(reference: re.Match[str]) -> str:
        number = int(reference[2])
        if number > count:
            return reference[0]
        ids = found[number]
        ids.append(f"ref-{number}-{len(ids) + 1}" if ids else f"ref-{number}")
        name = gettext("Note %(number)s") % {"number": number}
        return (
            f'<sup class="noteref"><a id="{ids[-1]}" href="#note-{number}" role="doc-noteref"'
            f' aria-label="{name}" aria-describedby="note-{number}-text">{reference[1]}</a></sup>'
        )

    return "".join(_REFERENCE.sub(linked, piece) if is_open else piece for piece, is_open in _pieces(html)), dict(found)


def _pieces(html: str) -> Iterator[tuple[str, bool]]:
    """Yield tags and the texts between them, each with whether it is text that may hold a link."""
    depth = 0
    for position, piece in enumerate(_TAG.split(html)):
        if position % 2 == 0:
            yield piece, depth == 0
            continue
        if (name := _NAME.match(piece)) and name[2].lower() in _WITHOUT_LINKS:
            depth = max(0, depth + (-1 if name[1] else 1))
        yield piece, False


def _texts(block: Any) -> Iterator[Any]:
    """Yield the texts of a block in which a reference becomes a link."""
    if block.block_type not in {"heading", "embed", "call_to_action"}:
        yield from block.block.get_searchable_content(block.value)
