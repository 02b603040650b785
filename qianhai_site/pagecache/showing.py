"""What does the answer that is being made depend on, and is it the same for everybody?"""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from qianhai_site.pagecache.entry import last_moment
from qianhai_site.pagecache.keys import Key


@dataclass
class Showing:
    """What is known of one answer, or of a part of it: what it depends on, and whether every visitor gets the same.

    `tags` are those of what was loaded for it, `shown` those of the parts in it that were ready-made. `mark` is where
    in the changes the answer was begun. `keeps_whole` is False where only parts of it are kept. `known` remembers what
    was asked for it, for as long as it is made. `good_until` (monotonic) is how long it holds if nothing changes: what
    was begun before midnight may speak of yesterday, whenever it is done. `proofs` (monotonic) are the moments of which
    the parts were true that were used for it, or for a part of it.
    """

    key: Key | None = None
    mark: int = 0
    keeps_whole: bool = True
    tags: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    is_for_everybody: bool = False
    known: dict[Hashable, Any] = field(default_factory=dict)
    good_until: float = field(default_factory=last_moment)
    proofs: list[float] = field(default_factory=list)

    @property
    def all_tags(self) -> set[str]:
        """Everything that it depends on."""
        return self.tags | self.shown


_current: ContextVar[Showing | None] = ContextVar("showing", default=None)


def current_showing() -> Showing | None:
    """Return the record of the answer that this thread makes, or None where nobody keeps one."""
    return _current.get()


@contextmanager
def recording(key: Key | None = None, mark: int = 0, *, keeps_whole: bool = True) -> Iterator[Showing]:
    """Keep a record of what is made meanwhile in this thread: the answer to `key`, begun at `mark` in the changes."""
    with _as_current(Showing(key, mark, keeps_whole)) as showing:
        yield showing


@contextmanager
def recording_part(whole: Showing, *, of_its_own: bool) -> Iterator[Showing]:
    """Keep a record of a part of an answer: of one `of_its_own` by itself, of another beside all that was loaded."""
    tags = set[str]() if of_its_own else whole.tags
    with _as_current(replace(whole, tags=tags, shown=set())) as showing:
        yield showing


@contextmanager
def _as_current(showing: Showing) -> Iterator[Showing]:
    token = _current.set(showing)
    try:
        yield showing
    finally:
        _current.reset(token)
