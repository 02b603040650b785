"""Which answers are kept, for how long are they known to be right, and what is forgotten when memory is short?"""

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from qianhai_site.pagecache.entry import Entry
from qianhai_site.pagecache.keys import Key
from qianhai_site.pagecache.part import Part, PartKey

# What everything depends on, how the tags of lists of pages begin, what depends on which partners there are, on where
# pages stand, and how the tags begin that tell which transaction it was.
SITE, LIST, PARTNERS, PLACES, TRANSACTION = "site", "list:", "partners", "places", "tx:"
# Of the memory: for addresses with a query, so that whoever makes them up pushes out nothing but others of them; and
# for the parts that pages are made of.
QUERY_SHARE, PARTS_SHARE = 0.2, 0.25
# So many changes are remembered; a rendering that began before the oldest is not kept. So many of the newest are told
# to neighbours.
MOST_CHANGES, MOST_TOLD = 1024, 32


class Change(NamedTuple):
    """What was heard of: its number in this process, the tags that it touches, and when that was (monotonic)."""

    number: int
    tags: frozenset[str]
    heard_at: float


def _tell_nobody(keys: Iterable[Key]) -> None:
    """Take no notice of what is no longer kept."""


class Shelf[K, E: Entry | Part]:
    """Entries up to a number of bytes. What has not been asked for since the last look goes first ('second chance')."""

    def __init__(self, most_bytes: float) -> None:
        self.most_bytes, self.bytes = int(most_bytes), 0
        self.entries: dict[K, E] = {}

    def put(self, key: K, entry: E) -> list[tuple[K, E]]:
        """Keep `entry`; return what had to go for it: itself, where it is larger than an eighth of the shelf."""
        self.remove(key)
        if entry.size > self.most_bytes // 8:
            return [(key, entry)]
        gone = []
        while self.bytes + entry.size > self.most_bytes:
            oldest, candidate = next(iter(self.entries.items()))
            self.remove(oldest)
            if candidate.is_used and candidate.is_fresh:
                candidate.is_used = False
                self._add(oldest, candidate)
            else:
                gone.append((oldest, candidate))
        self._add(key, entry)
        return gone

    def remove(self, key: K) -> E | None:
        """Take away what is kept under `key`."""
        entry = self.entries.pop(key, None)
        if entry is not None:
            self.bytes -= entry.size
        return entry

    def _add(self, key: K, entry: E) -> None:
        self.entries[key] = entry
        self.bytes += entry.size


class Store:
    """The answers of one process. Reading takes no lock; everything else one.

    `certain_until` (monotonic) is how long it is sure that every change committed a second ago or earlier has been
    heard of; nothing is served from the store later. `proven_second` is the second of the epoch in which that was last
    asked: every change committed before it is known. `forgotten` is told the keys of what is no longer kept.
    `is_settled` is False while everything is to be dropped once more soon: what is rendered then is for no neighbour.
    """

    def __init__(self, most_bytes: int, forgotten: Callable[[Iterable[Key]], None] | None = None) -> None:
        self.certain_until = 0.0
        self.proven_second = 0
        self.is_settled = True
        self.changed_at = 0.0
        self._plain = Shelf[Any, Any](most_bytes * (1 - QUERY_SHARE - PARTS_SHARE))
        self._asked = Shelf[Any, Any](most_bytes * QUERY_SHARE)
        self._parts = Shelf[Any, Any](most_bytes * PARTS_SHARE)
        self._shelves = (self._plain, self._asked, self._parts)
        self._lock = threading.Lock()
        self._by_tag: dict[str, set[Key | PartKey]] = {}
        self._number = 0
        self._changes: deque[Change] = deque(maxlen=MOST_CHANGES)
        self._fading: deque[tuple[Key | PartKey, Entry | Part]] = deque()
        self._forgotten = forgotten or _tell_nobody

    def get(self, key: Key) -> Entry | None:
        """Return the entry of `key`, fresh or not, without asking whether the store is certain."""
        entry: Entry | None = (self._asked if key.query else self._plain).entries.get(key)
        return entry

    def part(self, key: PartKey) -> Part | None:
        """Return the part of `key` in the same way."""
        part: Part | None = self._parts.entries.get(key)
        return part

    @property
    def bytes(self) -> int:
        """How much memory the entries and parts take, about."""
        return sum(shelf.bytes for shelf in self._shelves)

    def __len__(self) -> int:
        """How many whole answers there are."""
        return len(self._plain.entries) + len(self._asked.entries)

    def mark(self) -> int:
        """Return where in the changes a rendering begins; `put` wants it back."""
        return self._number

    def put(self, key: Key | PartKey, entry: Entry | Part, mark: int) -> bool:
        """Keep an entry whose rendering began at `mark`, and say so; not where something of it has changed since."""
        with self._lock:
            if time.monotonic() >= self.certain_until or self._has_changed(entry.tags, mark):
                return False
            gone, is_kept = self._keep(key, entry)
        self._forgotten(gone)
        return is_kept

    def adopt(self, key: Key, entry: Entry, since: float, heard: frozenset[str]) -> bool:
        """Keep an entry that a neighbour has made, and say so; not where something of it may have changed since.

        It shows what was committed before `since` (monotonic), and the transactions whose tags are `heard`. Whatever
        this process heard of before `since` was committed by then; of what it heard later it must be told.
        """
        with self._lock:
            now = time.monotonic()
            if now >= self.certain_until or now >= entry.good_until or self._has_news(entry.tags, since, heard):
                return False
            gone, is_kept = self._keep(key, entry)
        self._forgotten(gone)
        return is_kept

    def heard(self, mark: int) -> frozenset[str]:
        """Return the tags of the newest transactions of which this process had heard at `mark`."""
        with self._lock:
            before = (change.tags for change in reversed(self._changes) if change.number <= mark)
            tags = frozenset[str]().union(*itertools.islice(before, MOST_TOLD))
        return frozenset(tag for tag in tags if tag.startswith(TRANSACTION))

    def drop(self, tags: frozenset[str], stale_until: float) -> None:
        """Note a change of `tags`: what depends on one is not fresh, and may be shown until `stale_until` at most."""
        with self._lock:
            self._number += 1
            self._changes.append(Change(self._number, tags, time.monotonic()))
            self.changed_at = time.time()
            keys: set[Key | PartKey] = set().union(*(self._by_tag.get(tag, ()) for tag in tags))
            for key in keys:
                entry = self._shelf_of(key).entries.get(key)
                if entry is not None and entry.is_fresh:
                    entry.stale_until, entry.is_fresh = stale_until, False
                    self._fading.append((key, entry))
        self._forgotten([key for key in keys if isinstance(key, Key)])

    def clear(self) -> None:
        """Forget everything, and every rendering that has begun."""
        with self._lock:
            self._number += 1
            self._changes.clear()
            self._changes.append(Change(self._number, frozenset({SITE}), time.monotonic()))
            self.changed_at = time.time()
            keys = [*self._plain.entries, *self._asked.entries]
            for shelf in self._shelves:
                shelf.entries.clear()
                shelf.bytes = 0
            self._by_tag.clear()
            self._fading.clear()
        self._forgotten(keys)

    def sweep(self) -> None:
        """Give back the memory of what may not be shown any more."""
        now = time.monotonic()
        with self._lock:
            while self._fading and self._fading[0][1].stale_until <= now:
                key, entry = self._fading.popleft()
                shelf = self._shelf_of(key)
                if shelf.entries.get(key) is entry:
                    shelf.remove(key)
                    self._untag(key, entry)

    def _keep(self, key: Key | PartKey, entry: Entry | Part) -> tuple[list[Key], bool]:
        """Put an entry on its shelf; return which whole answers had to go for it, and whether it stayed itself."""
        shelf = self._shelf_of(key)
        self._untag(key, shelf.entries.get(key))
        gone = shelf.put(key, entry)
        for other, lost in gone:
            self._untag(other, lost)
        is_kept = all(lost is not entry for _key, lost in gone)
        if is_kept:
            for tag in entry.tags:
                self._by_tag.setdefault(tag, set()).add(key)
        return [other for other, _entry in gone if isinstance(other, Key)], is_kept

    def _shelf_of(self, key: Key | PartKey) -> Shelf[Any, Any]:
        if isinstance(key, PartKey):
            return self._parts
        return self._asked if key.query else self._plain

    def _has_changed(self, tags: frozenset[str], mark: int) -> bool:
        if self._changes and self._changes[0].number > mark + 1:
            return True
        since = itertools.takewhile(lambda change: change.number > mark, reversed(self._changes))
        return any(change.tags & tags for change in since)

    def _has_news(self, tags: frozenset[str], since: float, heard: frozenset[str]) -> bool:
        for change in reversed(self._changes):
            if change.heard_at < since:
                return False
            told = frozenset(tag for tag in change.tags if tag.startswith(TRANSACTION))
            if change.tags & tags and not (told and told <= heard):
                return True
        # What was heard of before the oldest that is remembered may be news as well.
        return True

    def _untag(self, key: Key | PartKey, entry: Entry | Part | None) -> None:
        for tag in entry.tags if entry else ():
            keys = self._by_tag.get(tag)
            if keys is not None:
                keys.discard(key)
                if not keys:
                    del self._by_tag[tag]
