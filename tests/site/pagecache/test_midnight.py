"""Is what was made of yesterday's date gone at midnight, however long it took to make?"""

import time
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from partners.keeping import once, own_part
from qianhai_site.pagecache import entry
from tests.site.pagecache.standing_in import Site
from tests.site.pagecache.test_parts import Made, answer, site

__all__ = ["site"]

TEN_MINUTES = 600


class Clock:
    """The clock on the wall, which a test moves on."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def localtime(self) -> datetime:
        return self.now

    def pass_midnight(self) -> None:
        self.now += timedelta(minutes=20)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(timezone.localtime().replace(hour=23, minute=50, second=0, microsecond=0))
    monkeypatch.setattr(entry.timezone, "localtime", clock.localtime)
    return clock


def longest_left(site: Site) -> float:
    """Return for how many seconds anything that is kept may be shown."""
    kept = [one for shelf in site.store._shelves for one in shelf.entries.values()]
    assert kept
    return max(one.good_until for one in kept) - time.monotonic()


def test_a_page_that_was_begun_before_midnight_ends_with_that_day(clock):
    site = Site()
    site.pages.while_rendering = clock.pass_midnight
    site.ask("/")
    assert longest_left(site) <= TEN_MINUTES


@pytest.mark.parametrize("sort", [once, own_part])
def test_so_does_a_part_of_it(site, clock, sort):
    made = Made()
    made.meanwhile = clock.pass_midnight
    answer(site, lambda: sort("it", made))
    assert longest_left(site) <= TEN_MINUTES
