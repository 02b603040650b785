"""What does the answer that is being made depend on, and is it the same for everybody?"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Showing:
    """What is known of one answer: the tags of what it shows, and whether every visitor gets the same."""

    tags: set[str] = field(default_factory=set)
    is_for_everybody: bool = False


_current: ContextVar[Showing | None] = ContextVar("showing", default=None)


def current_showing() -> Showing | None:
    """Return the record of the answer that this thread makes, or None where nobody keeps one."""
    return _current.get()


@contextmanager
def recording() -> Iterator[Showing]:
    """Keep a record of what is made meanwhile in this thread."""
    showing = Showing()
    token = _current.set(showing)
    try:
        yield showing
    finally:
        _current.reset(token)
