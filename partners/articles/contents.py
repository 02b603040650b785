"""Into which parts is a long text divided, and by which names in an address are they reached?"""

from dataclasses import dataclass, field
from typing import Any

# A text of fewer parts is seen at a glance; a list of them would only stand before it.
FEWEST_HEADINGS = 3


@dataclass
class Part:
    """A heading of a text: the `anchor` that it is reached by, its words, and the sub-sections below it."""

    anchor: str
    text: str
    parts: list["Part"] = field(default_factory=list)


def anchor_of(block: Any) -> str:
    """Return the name by which `block` (of a StreamField's value) is linked to, or "" for one never stored.

    It comes from the block's own identifier, so it stays when the words are changed, is the same in every language, and
    is short in Chinese too. Eight hexadecimal digits tell a page's blocks apart.
    """
    return f"s-{block.id[:8]}" if block.id else ""


def contents_of(body: Any) -> list[Part]:
    """Return the sections of `body` (a StreamField's value) with their sub-sections; none where they are too few."""
    found: list[Part] = []
    headings = 0
    for block in body:
        if block.block_type != "heading" or not block.id:
            continue
        headings += 1
        part = Part(anchor_of(block), block.value["text"])
        # A sub-section that no section precedes stands for itself.
        is_below = block.value["level"] == "3" and found
        (found[-1].parts if is_below else found).append(part)
    return found if headings >= FEWEST_HEADINGS else []
