"""What is kept that is no whole answer: a part of pages, or a value that they are made of?"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple


class PartKey(NamedTuple):
    """One part: of which sort it is (`value`, `markup` or `own`), and what tells it from others of that sort."""

    sort: str
    name: Hashable


@dataclass(slots=True)
class Part:
    """A part in memory, as `Entry` is a whole answer. It is never shown when it is not fresh any more."""

    content: Any
    tags: frozenset[str]
    size: int
    good_until: float
    is_fresh: bool = True
    stale_until: float = 0.0
    is_used: bool = False
