"""What were the figures of a period? From the counts of whole days, and the requests of those not yet counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Sum

from partners.brochures.brochure import Brochure
from partners.delivery.message import ACCEPTED_STATES, State
from partners.reports.counting import COUNT, bounds
from partners.reports.daily_count import SPANS, CountedDay, DailyCount, Dimension
from partners.reports.period import Period
from partners.reports.scope import Scope

_ACCEPTED = frozenset(str(state) for state in ACCEPTED_STATES)


@dataclass
class ArticleFigures:
    """What an article achieved: `reads` of it, `openings` of a form over it, and `requests` that came of them."""

    title: str
    language: str = ""
    reads: int = 0
    openings: int = 0
    requests: int = 0

    @property
    def conversion(self) -> float | None:
        """Requests for each read; None where nobody read it."""
        return self.requests / self.reads if self.reads else None


@dataclass
class Figures:
    """The figures of `period`. Counters of requests have the keys of `DailyCount`."""

    period: Period
    requests: Counter[date] = field(default_factory=Counter)
    reads: Counter[date] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    # By id; under '' the requests of the form's own page.
    brochures: dict[str, tuple[str, int]] = field(default_factory=dict)
    articles: dict[str, ArticleFigures] = field(default_factory=dict)
    # By the number of the span in SPANS.
    accepted_within: list[int] = field(default_factory=lambda: [0] * (len(SPANS) + 1))
    delivered_within: list[int] = field(default_factory=lambda: [0] * (len(SPANS) + 1))

    @property
    def all_requests(self) -> int:
        """Every request, held back or not."""
        return self.requests.total()

    @property
    def all_reads(self) -> int:
        """Every read of every article."""
        return self.reads.total()

    @property
    def conversion(self) -> float | None:
        """Requests made over an article, for each read of one; None where nothing was read."""
        made = sum(article.requests for article in self.articles.values())
        return made / self.all_reads if self.all_reads else None

    @property
    def accepted(self) -> int:
        """Requests whose newest letter a mail server accepted, whatever became of it later."""
        return sum(self.outcomes[state] for state in _ACCEPTED)

    @property
    def acceptance(self) -> float | None:
        """The part of the letters neither waiting nor called back that a mail server accepted; None for none."""
        done = self.accepted + self.outcomes[State.FAILED]
        return self.accepted / done if done else None

    @property
    def bounced(self) -> float | None:
        """The part of the accepted letters that came back; None where there is none."""
        return self.outcomes[State.BOUNCED] / self.accepted if self.accepted else None

    @property
    def within_a_minute(self) -> float | None:
        """The part of the accepted letters that were accepted within a minute of the request; None for none."""
        accepted = sum(self.accepted_within)
        return sum(self.accepted_within[:2]) / accepted if accepted else None

    def by_step(self, counted: Counter[date]) -> list[int]:
        """Return `counted` summed over each step of the period."""
        sums = []
        for step in self.period.steps:
            days = range(step.first.toordinal(), step.last.toordinal() + 1)
            sums.append(sum(counted[date.fromordinal(day)] for day in days))
        return sums


def figures_of(period: Period, scope: Scope) -> Figures:
    """Return the figures that `scope` shows of `period`, by six queries however many requests there are.

    A day that was counted costs as many rows as it has keys; one that was not costs its requests: today's as a rule.
    """
    found = Figures(period)
    counted = list(CountedDay.objects.filter(day__range=(period.first, period.last)).values_list("day", flat=True))
    for dimension, key, day, title, number in [
        *_counted(period, scope, counted),
        *_by_day(scope, counted),
        *_live(period, scope, counted),
    ]:
        _add(found, dimension, key, day, title, number)
    _add_reads(found, scope)
    _name_deleted_articles(found)
    _name_brochures(found)
    return found


Row = tuple[str, str, date | None, str, int]


def _within(scope: Scope, **asked: Any) -> dict[str, Any]:
    return asked if scope.partners is None else {**asked, "partner__in": scope.partners}


def _counted(period: Period, scope: Scope, counted: list[date]) -> Iterable[Row]:
    """Return the sums of all counted days by key, but for the outcomes, under the title of the last day."""
    if not counted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT dimension, key, NULL, (array_agg(title ORDER BY day DESC))[1], sum(number)
            FROM partners_dailycount
            WHERE day BETWEEN %(first)s AND %(last)s AND day = ANY(%(counted)s) AND dimension <> 'outcome'
            AND (%(partners)s::bigint[] IS NULL OR partner = ANY(%(partners)s::bigint[]))
            GROUP BY dimension, key
            """,
            {
                "first": period.first,
                "last": period.last,
                "counted": counted,
                "partners": None if scope.partners is None else list(scope.partners),
            },
        )
        return cursor.fetchall()


def _by_day(scope: Scope, counted: list[date]) -> Iterable[Row]:
    """Return the outcomes of each counted day. Each request has one, so they add up to the requests."""
    rows = DailyCount.objects.filter(**_within(scope, day__in=counted, dimension=Dimension.OUTCOME))
    sums = rows.values_list("key", "day").annotate(all=Sum("number")).order_by()
    return [(Dimension.OUTCOME, key, day, "", number) for key, day, number in sums]


def _live(period: Period, scope: Scope, counted: list[date]) -> Iterable[Row]:
    """Count the requests of the days that were not counted yet."""
    known = set(counted)
    days = [
        day
        for day in map(date.fromordinal, range(period.first.toordinal(), period.last.toordinal() + 1))
        if day not in known
    ]
    if not days:
        return []
    with connection.cursor() as cursor:
        cursor.execute(COUNT, bounds(days, partners=scope.partners))
        return [(dimension, key, day, title, number) for day, _, dimension, key, title, number in cursor.fetchall()]


def _add(found: Figures, dimension: str, key: str, day: date | None, title: str, number: int) -> None:
    match dimension:
        case Dimension.OUTCOME:
            found.outcomes[key] += number
            if day is not None:
                found.requests[day] += number
        case Dimension.BROCHURE:
            known, before = found.brochures.get(key, ("", 0))
            found.brochures[key] = (title or known, before + number)
        case Dimension.ARTICLE if key:
            article = found.articles.setdefault(key, ArticleFigures(title))
            article.title = title
            article.requests += number
        case Dimension.LANGUAGE:
            found.languages[key] += number
        case Dimension.ACCEPTED:
            found.accepted_within[int(key)] += number
        case Dimension.DELIVERED:
            found.delivered_within[int(key)] += number


def _add_reads(found: Figures, scope: Scope) -> None:
    """Add the reads of each day and article, by one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT day, article_id, (array_agg(article_title ORDER BY day DESC))[1], max(language),
                sum(reads), sum(openings)
            FROM partners_articlereads
            WHERE day BETWEEN %(first)s AND %(last)s
            AND (%(partners)s::bigint[] IS NULL OR partner = ANY(%(partners)s::bigint[]))
            GROUP BY GROUPING SETS ((day), (article_id))
            """,
            {
                "first": found.period.first,
                "last": found.period.last,
                "partners": None if scope.partners is None else list(scope.partners),
            },
        )
        rows = cursor.fetchall()
    for day, article_id, title, language, reads, openings in rows:
        if day is not None:
            found.reads[day] += reads
        else:
            article = found.articles.setdefault(str(article_id), ArticleFigures(title))
            article.title, article.language = title, language
            article.reads += reads
            article.openings += openings


def _name_brochures(found: Figures) -> None:
    """Call each brochure that there still is by its own title: requests know it by that of their language's file."""
    named = Brochure.objects.filter(pk__in=[int(key) for key in found.brochures if key])
    for pk, title in named.values_list("pk", "title"):
        found.brochures[str(pk)] = (title, found.brochures[str(pk)][1])


def _name_deleted_articles(found: Figures) -> None:
    """Put the requests of a deleted article, known by its title alone, to its reads where these tell which it was."""
    by_title: defaultdict[str, list[str]] = defaultdict(list)
    for key, article in found.articles.items():
        by_title[article.title].append(key)
    for key in [key for key in found.articles if key.startswith("~")]:
        others = [other for other in by_title[found.articles[key].title] if other != key]
        if len(others) == 1:
            found.articles[others[0]].requests += found.articles.pop(key).requests
