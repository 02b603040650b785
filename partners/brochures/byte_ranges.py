"""Which bytes of a file does a request ask for? (RFC 9110, 14: range requests)"""

import re
from dataclasses import dataclass
from typing import BinaryIO

# 14.1.2: one range of bytes, from the front or as a suffix. The unit is compared without regard to case (14.1).
_ONE_RANGE = re.compile(r"bytes[ \t]*=[ \t,]*([0-9]{0,18})-([0-9]{0,18})[ \t,]*", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """The bytes from `first` to `last`, both included, counted from 0."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """Return how many bytes it has."""
        return self.last - self.first + 1


class NotSatisfiable(Exception):  # noqa: N818  named for what RFC 9110 calls it
    """The range lies outside the file: the answer is 416."""


def wanted_span(header: str, size: int) -> Span | None:
    """Return the part of a file of `size` bytes that the Range `header` asks for; None where all of it is sent.

    All of it is also the answer to a header that is malformed, in another unit, or asks for several ranges at once:
    14.2 lets a server ignore what it does not support. Raises NotSatisfiable.
    """
    match = _ONE_RANGE.fullmatch(header.strip())
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        return _suffix(int(match[2]), size)
    first = int(match[1])
    last = int(match[2]) if match[2] else size - 1
    if match[2] and last < first:
        return None
    if first >= size:
        raise NotSatisfiable
    return Span(first, min(last, size - 1))


def _suffix(length: int, size: int) -> Span:
    if length == 0 or size == 0:
        raise NotSatisfiable
    return Span(max(size - length, 0), size - 1)


def begins_at_start(header: str) -> bool:
    """Say whether the Range `header` asks for the file's first byte, as whoever begins to read it does."""
    match = _ONE_RANGE.fullmatch(header.strip())
    return match is None or (match[1] != "" and int(match[1]) == 0)


class FilePart:
    """The bytes of `span` of an open `file`, to be read once and in pieces; closing it closes the file."""

    def __init__(self, file: BinaryIO, span: Span) -> None:
        self._file = file
        self._left = span.length
        file.seek(span.first)

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` of the bytes that are left, nothing at the end."""
        piece = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()
