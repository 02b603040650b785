"""By which words of ours does the index itself narrow a search, by date above all?

Beside the words of a page, its vectors hold lexemes that nobody can type, since they begin with an '@': its year, month
and day, language, partner, topics and kind. What a reader narrows by is asked for with the words, and the newest pages
are asked first, so the index reads as much for a word of all pages as for a word of few.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

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


@dataclass(frozen=True)
class Narrowing:
    """What a reader narrows the hits by."""

    locale_id: int | None = None
    # A partner, and a topic, in each of its languages; None for any.
    partners: tuple[int, ...] | None = None
    topics: tuple[int, ...] | None = None
    # Kinds of disclosure.
    disclosures: tuple[str, ...] = ()

    def lexemes(self) -> list[str]:
        """Return texts of the queries that a page's lexemes must answer, all of them."""
        asked: list[list[str]] = []
        if self.locale_id is not None:
            asked.append([f"@l{self.locale_id}"])
        if self.partners is not None:
            asked.append([f"@p{partner}" for partner in self.partners])
        if self.topics is not None:
            asked.append([f"@t{topic}" for topic in self.topics])
        if self.disclosures:
            asked.append([f"@d{disclosure}" for disclosure in self.disclosures])
        return [any_of(lexemes) for lexemes in asked]

    def columns(self) -> tuple[str, list[Any]]:
        """Return conditions of SQL that say the same of an entry, but for its partner, and their parameters; "" where
        nothing else narrows.
        """
        asked: list[tuple[str, Any]] = []
        if self.locale_id is not None:
            asked.append(("locale_id = %s", self.locale_id))
        if self.topics is not None:
            asked.append(("topics && %s::bigint[]", list(self.topics)))
        if self.disclosures:
            asked.append(("disclosure = ANY(%s)", list(self.disclosures)))
        return " AND ".join(sql for sql, _value in asked), [value for _sql, value in asked]
