"""By which words of ours does the index itself narrow a search, by date above all?

Beside the words of a page, its vectors hold lexemes that nobody can type, since they begin with an '@': its year, month
and day, language, partner, topics and kind. What a reader narrows by is asked for with the words, and the newest pages
are asked first, so the index reads as much for a word of all pages as for a word of few.
"""

import calendar
from collections.abc import Iterable
from datetime import date

# Later dates are found by a search of everything alone.
YEARS_AHEAD = 3


def any_of(lexemes: Iterable[str]) -> str:
    """Return the text of a `tsquery` for pages that hold one of the lexemes."""
    return " | ".join(f"'{lexeme}'" for lexeme in lexemes) or "'@none'"


def since(day: date, today: date) -> list[str]:
    """Return the lexemes of the days from `day` on: so few that years and months are whole where they can be.

    What is dated later than some years ahead is left to a search of everything.
    """
    _first, last = calendar.monthrange(day.year, day.month)
    # The first day of a month begins a whole one, and that of a year a whole year.
    days = range(day.day, last + 1) if day.day > 1 else ()
    months = range(day.month + (day.day > 1), 13) if (day.month, day.day) > (1, 1) else ()
    years = range(day.year + ((day.month, day.day) > (1, 1)), max(today.year, day.year) + YEARS_AHEAD)
    return [
        *(f"@{day:%Y-%m}-{number:02}" for number in days),
        *(f"@{day:%Y}-{number:02}" for number in months),
        *(f"@{number:04}" for number in years),
    ]
