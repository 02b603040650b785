"""Which pages answer a query, and in which order?

At most some hundreds of pages are weighed, however many match: the newest whose title or names match, and the newest
whose text does. The index finds both: first among the newest pages of all, then among more, then among all.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from rapidfuzz.distance import OSA

from partners.search.lexemes import any_of, since
from partners.search.query import SearchQuery

# So many candidates are weighed, and so many hits can be turned through.
NEWEST_BY_TITLE, NEWEST_BY_TEXT = 100, 100
# Where they are looked for, until there are enough: one by one among so many of the newest entries, which finds what
# stands in nearly all; by the index among about so many, and more; and everywhere.
READ_FIRST, NEWEST_FIRST = 250, (1_500, 12_000)
# Seconds for which a process keeps the days on which those begin: any day divides the work well enough.
KEPT_FOR, _KEPT = 300, "search-windows"
# What a mistyped word may have meant: so many words that are alike (trigram similarity, 0 to 1) are compared with it
# letter by letter, and one that is one slip away, of a long word two, is taken.
ALIKE, MOST_ALIKE = 0.3, 50
LONG_WORD = 6

_READ = """
{name} AS MATERIALIZED (
    SELECT newest.page_id, newest.date FROM (
        SELECT page_id, date, {vector} FROM partners_searchentry ORDER BY date DESC, page_id DESC LIMIT {most}
    ) newest WHERE newest.{vector} @@ {query}
)"""
# Materialized, so that nothing but the index of the vectors can answer: by date, the database would read the vectors of
# thousands of entries.
_WINDOW = """
{name} AS MATERIALIZED (
    SELECT entry.page_id, entry.date FROM partners_searchentry entry
    WHERE entry.{vector} @@ {query} {enough}
)"""
# A window that is not needed is not looked into; the last one that is holds what the others hold.
_ENOUGH = "AND (SELECT count(*) FROM {name}) < {number}"
# Some that are not live any more may be among them.
_NEWEST = """
{name} AS MATERIALIZED (
    SELECT page_id, date FROM ({windows}) found GROUP BY page_id, date ORDER BY date DESC, page_id DESC LIMIT {most}
)"""
_LIVE = """
(SELECT page.id AS page_id FROM {name} found JOIN wagtailcore_page page ON page.id = found.page_id
  WHERE page.live ORDER BY found.date DESC, page.id DESC LIMIT {limit})
"""
_BEGINNINGS = """
SELECT (SELECT date FROM partners_searchentry ORDER BY date DESC, page_id DESC OFFSET %s LIMIT 1),
       (SELECT date FROM partners_searchentry ORDER BY date DESC, page_id DESC OFFSET %s LIMIT 1)
"""
_ALIKE = """
SELECT asked.word, known.word FROM unnest(%s::text[]) AS asked (word) CROSS JOIN LATERAL (
    SELECT word FROM partners_searchword known WHERE known.word %% asked.word
    ORDER BY known.word = asked.word DESC, similarity(known.word, asked.word) DESC, known.pages DESC, known.word
    LIMIT %s) known
"""
_HITS = """
WITH asked AS MATERIALIZED (SELECT {query} AS query),
{windows},
candidates AS ({candidates})
SELECT entry.page_id, entry.translation_key,
       4 * (entry.title_vector @@ asked.query)::int
       + 2 * ts_rank(entry.title_vector, asked.query, 2)
       + ts_rank(entry.vector, asked.query, 1)
       + CASE WHEN entry.locale_id = %s THEN 1.5 ELSE 0 END
       + 0.5 / (1 + greatest(0, %s::date - entry.date) / 365.0) AS weight
FROM candidates JOIN partners_searchentry entry USING (page_id), asked
ORDER BY weight DESC, entry.date DESC, entry.page_id DESC
"""


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


@dataclass
class Found:
    """The answer: ids of pages, best first, and how the query had to be understood to find them."""

    pages: list[int] = field(default_factory=list)
    # The query that found them, where that is not what was typed.
    corrected: SearchQuery | None = None
    # Not every term stands in every page.
    is_loose: bool = False
    # There may be more than were weighed.
    is_cut: bool = False


def find(query: SearchQuery, locale_id: int, narrowing: Narrowing, *, today: datetime.date) -> Found:
    """Return what answers `query`, for a reader of the language `locale_id`, of pages that are live.

    Of a page and its translations one is found: the reader's, where it matches. Where nothing holds all terms, mistyped
    words are corrected; where that finds nothing either, pages that hold some of the terms are found.
    """
    if not query:
        return Found()
    if (found := _find(query, locale_id, narrowing, today)).pages:
        return found
    words = nearest_words(query.words)
    if words != list(query.words):
        corrected = query.with_words(words)
        if (found := _find(corrected, locale_id, narrowing, today)).pages:
            found.corrected = corrected
            return found
    if len(query.words) + len(query.runs) > 1:
        found = _find(query, locale_id, narrowing, today, any_term=True)
        found.is_loose = True
    return found


def suggest(query: SearchQuery, locale_id: int, most: int) -> list[int]:
    """Return the ids of at most `most` live pages of a language whose title or names answer `query`, newest first.

    The last word may be the beginning of one.
    """
    if not query:
        return []
    with connection.cursor() as cursor:
        tsquery, terms = query.tsquery(shortest_beginning=1)
        newest = _Newest(cursor, tsquery, terms, Narrowing(locale_id=locale_id), timezone.localdate())
        candidates = newest.of("title_vector", most)
        cursor.execute(f"WITH {newest.windows} {candidates}", newest.parameters)
        return [page_id for (page_id,) in cursor.fetchall()]


def nearest_words(words: Sequence[str]) -> list[str]:
    """Return `words` with each that stands in no page replaced by the nearest one that does, if one is near."""
    if not words:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(ALIKE)])
        cursor.execute(_ALIKE, [list(words), MOST_ALIKE])
        alike: dict[str, list[str]] = {}
        for asked, known in cursor.fetchall():
            alike.setdefault(asked, []).append(known)
    return [_nearest(word, alike.get(word, [])) for word in words]


def _nearest(word: str, known: list[str]) -> str:
    """Return the first of `known`, which begins with the most alike, at the smallest distance from `word`."""
    most = 1 if len(word) < LONG_WORD else 2
    distances = [(OSA.distance(word, one, score_cutoff=most), place) for place, one in enumerate(known)]
    distance, place = min(distances, default=(most + 1, 0))
    return known[place] if distance <= most else word


def _find(
    query: SearchQuery, locale_id: int, narrowing: Narrowing, today: datetime.date, *, any_term: bool = False
) -> Found:
    with connection.cursor() as cursor:
        tsquery, terms = query.tsquery(any_term=any_term)
        newest = _Newest(cursor, tsquery, terms, narrowing, today)
        limits = {"title_vector": NEWEST_BY_TITLE, "vector": NEWEST_BY_TEXT}
        candidates = " UNION ".join(newest.of(vector, limit) for vector, limit in limits.items())
        # Everything put into the statement is written in this package; what a visitor typed is a parameter.
        statement = _HITS.format(query=tsquery, windows=newest.windows, candidates=candidates)
        cursor.execute(statement, [*terms, *newest.parameters, locale_id, today])
        rows = cursor.fetchall()
    # Best first, so the first of a page's translations is the reader's own or the better one.
    best = {translation_key: page_id for page_id, translation_key, _weight in reversed(rows)}
    kept = set(best.values())
    return Found([row[0] for row in rows if row[0] in kept], is_cut=len(rows) >= NEWEST_BY_TEXT)


def _days(cursor: Any) -> list[datetime.date]:
    """Return the day of each entry in whose place a window begins, of those that there are."""
    cursor.execute(_BEGINNINGS, NEWEST_FIRST)
    found: tuple[datetime.date | None, ...] = cursor.fetchone()
    return [day for day in found if day is not None]


class _Newest:
    """The SQL that finds the newest pages which answer a query, by windows of time that each hold the one before."""

    def __init__(self, cursor: Any, tsquery: str, terms: list[str], narrowing: Narrowing, today: datetime.date) -> None:
        """Ask `cursor` where the windows begin, where that was not asked of late."""
        days: list[datetime.date] | None = cache.get(_KEPT)
        if days is None:
            cache.set(_KEPT, days := _days(cursor), KEPT_FOR)
        # The larger one from the beginning of a month: days are many lexemes.
        beginnings = [any_of(since(day.replace(day=1) if number else day, today)) for number, day in enumerate(days)]
        narrowed = narrowing.lexemes()
        # The last window is everything.
        self._queries = [
            (" && ".join([tsquery, *("%s::tsquery" for _text in texts)]), [*terms, *texts])
            for texts in (narrowed, *([*narrowed, beginning] for beginning in beginnings), narrowed)
        ]
        self._windows: list[str] = []
        self.parameters: list[Any] = []

    @property
    def windows(self) -> str:
        """The windows that `of` has asked for, as parts of a WITH; their parameters are `parameters`."""
        return ",".join(self._windows)

    def of(self, vector: str, limit: int) -> str:
        """Return the statement that finds the `limit` newest live pages whose `vector` answers."""
        names: list[str] = []
        for number, (query, parameters) in enumerate(self._queries):
            enough = " ".join(_ENOUGH.format(name=name, number=limit) for name in names)
            names.append(f"{vector}_{number}")
            window = _WINDOW if number else _READ
            self._windows.append(
                window.format(name=names[-1], vector=vector, query=f"({query})", enough=enough, most=READ_FIRST)
            )
            self.parameters += parameters
        windows = " UNION ALL ".join(f"TABLE {name}" for name in names)
        self._windows.append(_NEWEST.format(name=f"{vector}_newest", windows=windows, most=2 * limit))
        return _LIVE.format(name=f"{vector}_newest", limit=limit)
