"""Which plots make up a report, and which numbers stand behind each?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.reports.daily_count import SPANS
from partners.reports.figures import Figures
from partners.submissions.mail_words import WORDS

# Bars that a plot of names has; the table has them all, and says so.
MOST_BARS = 10

# A name, a number, a part of a whole (from 0 on), or nothing.
Cell = str | int | float | None


@dataclass(frozen=True)
class Plot:
    """A plot and its table: `rows` under `head`. The first column names a row, those in `drawn` have bars.

    `is_over_time` says that the rows follow one another; else each is a name, and the first MOST_BARS are drawn.
    """

    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    drawn: tuple[int, ...] = (1,)
    is_over_time: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw. Of something named, a 0 says something; of days, zeros alone do not."""
        cells = [row[column] for row in self.rows for column in self.drawn]
        return not any(cells) if self.is_over_time else all(cell is None for cell in cells)

    @property
    def bars(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows that are drawn."""
        return self.rows if self.is_over_time else self.rows[:MOST_BARS]

    @property
    def shown(self) -> list[list[str]]:
        """The table's cells in words."""
        return [[in_words(cell) for cell in row] for row in self.rows]


def in_words(cell: Cell) -> str:
    """Return a cell as a person reads it: a part as percent, nothing as a dash."""
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{formats.number_format(100 * cell, 1)}%"
    return formats.number_format(cell, force_grouping=True) if isinstance(cell, int) else cell


def plots_of(figures: Figures) -> dict[str, Plot]:
    """Return the plots of `figures` by name, in the order of the page."""
    return {name: make(name, figures) for name, make in _PLOTS.items()}


def plot_named(name: str, figures: Figures) -> Plot | None:
    """Return one of them; None for a name that there is not."""
    make = _PLOTS.get(name)
    return make(name, figures) if make else None


def requests(name: str, figures: Figures) -> Plot:
    """Requests over time."""
    return _over_time(name, _("Requests"), figures, figures.by_step(figures.requests))


def reads(name: str, figures: Figures) -> Plot:
    """Reads of articles over time."""
    return _over_time(name, _("Reads of articles"), figures, figures.by_step(figures.reads))


def conversion(name: str, figures: Figures) -> Plot:
    """Which part of an article's reads led to a request; the most read first."""
    languages = dict(settings.LANGUAGES)
    rows = [
        (
            it.title,
            str(languages.get(it.language, it.language)),
            it.reads,
            it.openings,
            it.requests,
            it.conversion,
        )
        for it in sorted(figures.articles.values(), key=lambda it: (-it.reads, -it.requests, it.title))
    ]
    head = (_("Article"), _("Language"), _("Reads"), _("Form opened"), _("Requests"), _("Requests for each read"))
    return Plot(name, _("From reading to request"), head, tuple(rows), drawn=(5,))


def brochures(name: str, figures: Figures) -> Plot:
    """Requests by brochure."""
    named = ((title or _("No brochure"), number) for title, number in figures.brochures.values())
    return _by_name(name, _("Requests by brochure"), _("Brochure"), named)


def articles(name: str, figures: Figures) -> Plot:
    """Requests by the article over which the form was opened."""
    named = [(it.title, it.requests) for it in figures.articles.values() if it.requests]
    alone = figures.all_requests - sum(number for _title, number in named)
    if alone > 0:
        named.append((_("The form's own page"), alone))
    return _by_name(name, _("Requests by article"), _("Article"), named)


def languages(name: str, figures: Figures) -> Plot:
    """Requests by the language of the form."""
    known = dict(settings.LANGUAGES)
    named = ((str(known.get(code, code)), number) for code, number in figures.languages.items())
    return _by_name(name, _("Requests by language"), _("Language"), named)


def outcomes(name: str, figures: Figures) -> Plot:
    """What became of the newest letter of each request, in the desk's words."""
    named = ((str(WORDS[state].label), number) for state, number in figures.outcomes.items())
    return _by_name(name, _("What became of the letters"), _("State of the mail"), named)


def times(name: str, figures: Figures) -> Plot:
    """How long it took from the request to the inbox, as far as anybody told us."""
    head = [_("Time"), _("Accepted by the mail server")]
    columns = [figures.accepted_within]
    if any(figures.delivered_within):
        head.append(_("Delivered"))
        columns.append(figures.delivered_within)
    rows = tuple(zip(_spans(), *columns, strict=True))
    drawn = tuple(range(1, len(head)))
    return Plot(name, _("From request to inbox"), tuple(head), rows, drawn=drawn, is_over_time=True)


def _over_time(name: str, title: str, figures: Figures, numbers: list[int]) -> Plot:
    rows = tuple((step.label, number) for step, number in zip(figures.period.steps, numbers, strict=True))
    return Plot(name, title, (_("Days"), title), rows, is_over_time=True)


def _by_name(name: str, title: str, what: str, named: Iterable[tuple[str, int]]) -> Plot:
    rows = tuple(sorted(named, key=lambda row: (-row[1], row[0])))
    return Plot(name, title, (what, _("Requests")), rows)


def _spans() -> list[str]:
    """Return each span of SPANS in words."""
    return [*(_("up to %(time)s") % {"time": _length(seconds)} for seconds in SPANS), _("longer")]


def _length(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(number)d second", "%(number)d seconds", seconds) % {"number": seconds}
    if seconds < 3600:
        return ngettext("%(number)d minute", "%(number)d minutes", seconds // 60) % {"number": seconds // 60}
    return ngettext("%(number)d hour", "%(number)d hours", seconds // 3600) % {"number": seconds // 3600}


_PLOTS: dict[str, Callable[[str, Any], Plot]] = {
    "requests": requests,
    "reads": reads,
    "conversion": conversion,
    "brochures": brochures,
    "articles": articles,
    "languages": languages,
    "outcomes": outcomes,
    "times": times,
}
