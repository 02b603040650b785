"""How do the processes of one machine make one rendering of a page do for all of them?

By files in a folder that they share. Whoever renders a page holds a lock on the file of its key and leaves what came of
it there; a neighbour who wants the same page waits for the lock and takes it. Of a dead process's lock the kernel lets
go. A key's place is one of few files, so that nobody who makes up addresses fills the disk: what lay there is
overwritten, and whoever finds another page being rendered there renders his own.

What was left is taken only if it is as true as a rendering of one's own (`Store.adopt`). The monotonic clock, in which
that is told, is one for all processes of a machine (Python's `time.monotonic`); the folder is of one run of the server.
"""

import contextlib
import fcntl
import itertools
import json
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qianhai_site.pagecache.entry import OVERHEAD, Entry
from qianhai_site.pagecache.keys import Key

PLACES = 128
# Bytes. A larger answer is left for nobody, so the folder stays below 64 MB; pages are some 60 KB in all encodings.
LARGEST = 512 * 1024
# Seconds between two looks at a lock that another process holds, and looks at the latest until which it has said for
# which page.
LOOK, LOOKS_UNTIL_SAID = 0.003, 5
# The first line of a file, padded: which page is there, or being rendered.
HEAD = 2560


@dataclass(frozen=True)
class Left:
    """What a neighbour left: an answer that shows all that was committed before `since` (monotonic), and whatever the
    transactions that are named in `heard` have changed.
    """

    entry: Entry
    since: float
    heard: frozenset[str]


class Place:
    """The file of a key, locked."""

    def __init__(self, file: int, key: Key) -> None:
        self._file, self._key = file, key

    def found(self) -> Left | None:
        """Return what lies here, if it is of this key and whole; else say that the page of this key is rendered now."""
        if not _is_of(self._file, self._key):
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, 0)
                os.pwrite(self._file, _head(self._key), 0)
            return None
        try:
            size = os.fstat(self._file).st_size - HEAD
            return _read(os.pread(self._file, size, HEAD)) if size > 0 else None
        except (ValueError, KeyError, TypeError, OSError):
            # Whoever wrote it was killed meanwhile, or the disk fails.
            return None

    def leave(self, left: Left) -> None:
        """Lay down what came of it, for whoever waits or comes later; not on a full disk."""
        if left.entry.size <= LARGEST:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, HEAD)
                os.pwrite(self._file, _written(left), HEAD)


class Neighbours:
    """The other processes that answer for the same site on this machine; nobody, where `folder` is empty."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder) if folder else None

    @contextmanager
    def place(self, key: Key, patience: float) -> Iterator[Place | None]:
        """Give the place of `key` as soon as nobody else has it, and keep others from it meanwhile.

        None where there is no folder, while another page is rendered there, or after `patience` seconds: whoever asks
        is on his own.
        """
        file = self._open(key)
        if file is None:
            yield None
            return
        try:
            yield Place(file, key) if _locked(file, key, patience) else None
        finally:
            os.close(file)

    def _open(self, key: Key) -> int | None:
        if self._folder is None or len(_name(key)) > HEAD:
            return None
        try:
            place = self._folder / str(zlib.crc32(_name(key)) % PLACES)
            return os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            # The folder is gone, or the disk is full.
            return None


def _locked(file: int, key: Key, patience: float) -> bool:
    until = time.monotonic() + patience
    for look in itertools.count():
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until or (look >= LOOKS_UNTIL_SAID and not _is_of(file, key)):
                return False
            time.sleep(LOOK)
        except OSError:
            # A file store without locks, or one that fails.
            return False
        else:
            return True
    raise AssertionError("itertools.count has no end")


def _name(key: Key) -> bytes:
    return json.dumps(key).encode()


def _head(key: Key) -> bytes:
    return _name(key).ljust(HEAD)


def _is_of(file: int, key: Key) -> bool:
    try:
        return os.pread(file, HEAD, 0) == _head(key)
    except OSError:
        # Something else stands in its place, or the disk fails: whoever asks is on his own.
        return False


def _written(left: Left) -> bytes:
    entry = left.entry
    bodies = [entry.identity, entry.gzip, entry.brotli]
    told: dict[str, Any] = {
        "since": left.since,
        "heard": sorted(left.heard),
        "headers": [headers for headers, _body in bodies],
        "sizes": [len(body[0]) for _headers, body in bodies],
        "not_modified": entry.not_modified,
        "tags": sorted(entry.tags),
    }
    told |= {name: getattr(entry, name) for name in ("etag", "made_at", "good_until", "answers_dates")}
    return b"\n".join([json.dumps(told).encode(), b"".join(body[0] for _headers, body in bodies)])


def _read(written: bytes) -> Left:
    line, _, rest = written.partition(b"\n")
    told = json.loads(line)
    bodies: list[tuple[list[tuple[str, str]], list[bytes]]] = []
    for headers, size in zip(told["headers"], told["sizes"], strict=True):
        bodies.append(([(name, value) for name, value in headers], [rest[:size]]))
        rest = rest[size:]
        if len(bodies[-1][1][0]) != size:
            raise ValueError("The file ends too soon.")
    entry = Entry(
        identity=bodies[0],
        gzip=bodies[1],
        brotli=bodies[2],
        not_modified=[(name, value) for name, value in told["not_modified"]],
        etag=told["etag"],
        made_at=told["made_at"],
        good_until=told["good_until"],
        tags=frozenset(told["tags"]),
        size=sum(told["sizes"]) + OVERHEAD,
        answers_dates=told["answers_dates"],
    )
    return Left(entry, told["since"], frozenset(told["heard"]))
