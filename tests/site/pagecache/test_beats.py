"""qianhai_site/pagecache/listening.py: what does a process drop by itself, from one beat to the next?"""

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from qianhai_site.pagecache import listening
from qianhai_site.pagecache.keys import Key
from qianhai_site.pagecache.listening import Listener
from qianhai_site.pagecache.part import Part
from qianhai_site.pagecache.store import SITE, Store
from tests.site.pagecache.standing_in import HOST

KEY = Key(HOST, False, "/", "")


class Database:
    """A connection on which a test acts before each answer, until it has no more acts."""

    def __init__(self, *acts: Callable[[], Any]) -> None:
        self._acts = iter(acts)
        self._end, self._other_end = os.pipe()

    def add_notify_handler(self, handler: Callable[[Any], None]) -> None:
        """Nothing is announced."""

    def execute(self, statement: str) -> "Database":
        if not statement.startswith("LISTEN"):
            act = next(self._acts, None)
            if act is None:
                raise psycopg.OperationalError
            act()
        return self

    def fetchone(self) -> tuple[None, None]:
        return None, None

    def fileno(self) -> int:
        return self._end

    def close(self) -> None:
        os.close(self._end)
        os.close(self._other_end)


@pytest.fixture
def store() -> Store:
    return Store(1024 * 1024)


def keep(store: Store) -> Part:
    """Put something that depends on the site into a store, and return it."""
    store.certain_until = time.monotonic() + 60
    part = Part("what it says", frozenset({SITE}), 100, time.monotonic() + 60)
    assert store.put(KEY, part, store.mark())
    return part


@pytest.fixture
def followed(store: Store) -> Iterator[Callable[..., None]]:
    opened: list[Database] = []

    def follow(*acts: Callable[[], Any]) -> None:
        opened.append(Database(*acts))
        with pytest.raises(psycopg.OperationalError):
            Listener(store)._follow(opened[0])  # type: ignore[arg-type]

    yield follow
    opened[0].close()


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_clock_that_was_set_takes_everything_with_it(store, followed, monkeypatch, seconds):
    """What was made by the other time may speak of another day, and was to be kept until another midnight."""
    clock = time.time
    seen: list[bool] = []

    def look() -> None:
        seen.append(store.get(KEY) is not None)

    def set_clock() -> None:
        monkeypatch.setattr(listening.time, "time", lambda: clock() + seconds)

    followed(lambda: None, lambda: keep(store), look, set_clock, lambda: None, look, lambda: keep(store), look, look)
    assert seen == [True, False, True, True]


def test_what_the_second_look_takes_away_is_shown_no_longer_than_the_first_allowed(store):
    """A rendering that read the old addresses of the site just before they were dropped."""
    listener, allowed = Listener(store), time.monotonic() + 0.7
    keep(store)
    again = listener._apply(frozenset({SITE}), stale_until=allowed, again=0.0)
    made_of_what_was = keep(store)
    again = listener._apply(frozenset(), stale_until=allowed + 0.2, again=again)
    assert not made_of_what_was.is_fresh
    assert made_of_what_was.stale_until == allowed
    made_since = keep(store)
    if again:
        listener._apply(frozenset(), stale_until=allowed + 0.4, again=again)
    assert made_since.is_fresh
