"""What have letters in common that leave one after another? It is asked for once, and is good for a moment.

In whose name they are written, in which words, and the article that they name: only editors change that. Whoever sends
what is due does so together; outside of that, in a preview or a trial, everything is asked each time.
"""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, cast

# Seconds: an editor's change is in the letters that leave so long after it.
GOOD_FOR = 1.0
# What is known of more forms and articles than that is forgotten.
MOST = 100


class _Memory(threading.local):
    """What this thread has asked for: until when it is good, and what it is. None outside of a session."""

    known: dict[Hashable, tuple[float, Any]] | None = None


_memory = _Memory()


@contextmanager
def together() -> Iterator[None]:
    """Let the letters that this thread builds in the block share what they have in common."""
    before, _memory.known = _memory.known, {}
    try:
        yield
    finally:
        _memory.known = before


def in_common[T](key: Hashable, ask: Callable[[], T]) -> T:
    """Return what `ask` returns, or what it has returned under `key` less than a second ago for a letter before.

    Nobody may change it. What `ask` raises is raised, and not kept.
    """
    known = _memory.known
    if known is None:
        return ask()
    now = monotonic()
    until, found = known.get(key, (now, None))
    if until <= now:
        if len(known) >= MOST:
            known.clear()
        found = ask()
        known[key] = now + GOOD_FOR, found
    return cast("T", found)
