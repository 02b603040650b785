"""Which days are the figures about?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.utils import formats
from django.utils.dateparse import parse_date

CHOICES = (7, 30, 90)
DEFAULT_DAYS = 30
# Ten years: whatever somebody types, the days stay few enough to be gone through.
LONGEST = timedelta(days=3660)
# Up to so many days, each has a bar of its own; then each week, then each month.
_BY_DAY = 92
_BY_WEEK = 550


@dataclass(frozen=True)
class Step:
    """One bar of a plot over time: the days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def label(self) -> str:
        """The day, or the first and the last one, in the reader's own way: short, since labels stand side by side."""
        first = formats.date_format(self.first, "SHORT_DATE_FORMAT")
        return first if self.first == self.last else f"{first} – {formats.date_format(self.last, 'SHORT_DATE_FORMAT')}"


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included. `days` is what was chosen of CHOICES, or None."""

    first: date
    last: date
    days: int | None = None

    @property
    def query(self) -> str:
        """What stands behind the '?' of the address that leads to these figures."""
        return f"days={self.days}" if self.days else f"from={self.first}&to={self.last}"

    @property
    def steps(self) -> list[Step]:
        """The bars of a plot over time: days, weeks from Monday on, or months, so that they are never too many."""
        length = (self.last - self.first).days + 1
        edges = [self.first]
        day = self.first
        while (day := _next(day, length)) <= self.last:
            edges.append(day)
        edges.append(self.last + timedelta(days=1))
        return [Step(first, after - timedelta(days=1)) for first, after in pairwise(edges)]


def _next(day: date, length: int) -> date:
    """Return the day on which the step after that of `day` begins, in a period of `length` days."""
    if length <= _BY_DAY:
        return day + timedelta(days=1)
    if length <= _BY_WEEK:
        return day + timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def period_of(asked: Mapping[str, str], today: date) -> Period:
    """Return the period that an address asks for by `days`, or by `from` and `to`; else DEFAULT_DAYS.

    It ends today at the latest, and is no longer than LONGEST.
    """
    first, last = _day(asked.get("from", "")), _day(asked.get("to", ""))
    if first or last:
        last = min(last or today, today)
        first = max(first or last, last - LONGEST)
        if first <= last:
            return Period(first, last)
    days = next((choice for choice in CHOICES if asked.get("days") == str(choice)), DEFAULT_DAYS)
    return Period(today - timedelta(days=days - 1), today, days)


def _day(text: str) -> date | None:
    """Return the day in `text` (ISO 8601), or None where there is none."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    # The years of Python's dates end before their sums do.
    return day if day and 1970 <= day.year <= 9000 else None
