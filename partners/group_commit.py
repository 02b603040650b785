"""How do requests that one thread takes, one after the other, become one transaction of the database?

A commit waits for the disk, and a conversation with the server for two changes of processes: of several small writes
that is most. Whoever takes requests gathers what they want written, while each is answered as if it had been; the
answers are held back until all of it is committed. Where the database refuses, nothing of any was written, and each is
to be taken again by itself.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, Self

# So long may what is written together be held up by locks of somebody else: after that each waits for its own. Others'
# commits, each on a slow disk, are waited for as well. And so long is a commit waited for by whoever comes meanwhile.
LOCK_SECONDS = 0.5


class Write(Protocol):
    """What one request wants written."""

    @classmethod
    def carry_out(cls, writes: Sequence[Self]) -> None:
        """Write all of `writes`, in a transaction of their own, or raise and write nothing."""


class Gathers(Protocol):
    """Whoever gathers."""

    def add(self, write: Write) -> None:
        """Write this later; what its request is answered from now on is held back until it is committed."""

    def finish(self) -> None:
        """Write what was added so far, and answer whose it is."""


class _Here(threading.local):
    gathers: Gathers | None = None


_here = _Here()


@contextmanager
def gathered_by(gathers: Gathers) -> Iterator[None]:
    """Have what this thread is asked to write meanwhile, and can wait, added to what `gathers` has."""
    _here.gathers = gathers
    try:
        yield
    finally:
        _here.gathers = None


def write_later(write: Write) -> bool:
    """Leave `write` to whoever gathers in this thread, and return True; return False where nobody does."""
    if (gathers := _here.gathers) is None:
        return False
    gathers.add(write)
    return True


def finish_others() -> None:
    """Let nobody whose request was gathered before wait for what the caller does now, which may take long."""
    if (gathers := _here.gathers) is not None:
        gathers.finish()
