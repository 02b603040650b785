"""Which pages answer a query, and in which order?

At most 120 pages are weighed, however many match: the newest whose title or names match, and the newest whose text does
(`windows`).
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from typing import Any

from django.db import connection
from django.utils import timezone
from rapidfuzz.distance import OSA

from partners.keeping import once
from partners.preparing import WhenRepeated, preparing_cursor
from partners.search import experience
from partners.search.entry import STEM
from partners.search.experience import Places
from partners.search.indexing import SHORTEST_WORD
from partners.search.lexemes import Narrowing
from partners.search.query import SearchQuery
from partners.search.readable import readable
from partners.search.windows import ALL, Newest

# So many candidates are weighed, and so many hits but one can be turned through, which says that there are more: six
# pages at least. Each one more costs a reader of the first page as much as one of the last.
NEWEST_BY_TITLE, NEWEST_BY_TEXT = 61, 61
# What a mistyped word may have meant: so many words that are alike (trigram similarity, 0 to 1) are compared with it
# letter by letter, and one that is one slip away, of a long word two, is taken.
ALIKE, MOST_ALIKE = 0.3, 50
LONG_WORD = 6
# Of a word that so many pages have had, some page may be read by anybody.
MANY_PAGES = 200

_VECTORS = "title_vector", "vector"
# How alike is a setting, which holds for this statement: no word is known before it is set.
_ALIKE = f"""
SELECT asked.word, known.word, known.pages > {MANY_PAGES}, starts_with(stem, asked.word) FROM (
    SELECT word FROM unnest(%s::text[]) AS words (word)
    WHERE set_config('pg_trgm.similarity_threshold', '{ALIKE}', true) IS NOT NULL OFFSET 0
) asked CROSS JOIN LATERAL (
    SELECT word, pages, {STEM} AS stem FROM partners_searchword known WHERE known.word %% asked.word
    ORDER BY known.word = asked.word DESC, similarity(known.word, asked.word) DESC, known.pages DESC, known.word
    LIMIT {MOST_ALIKE}) known
"""  # noqa: S608  nothing but the numbers above
# Of those, what anybody may read: else a page that nobody may could be asked which words it holds.
_READ_BY_ANYBODY = """
SELECT asked.word FROM unnest(%s::text[]) AS asked (word) WHERE EXISTS (
    SELECT FROM partners_searchentry found WHERE found.vector @@ to_tsquery('english', asked.word) AND {readable})
"""
_HITS = """
WITH asked AS MATERIALIZED (SELECT {query} AS query),
{windows},
candidates AS ({candidates})
SELECT entry.page_id, entry.translation_key::text, entry.digest{places}
FROM candidates JOIN partners_searchentry entry USING (page_id), asked
WHERE {is_enough}
ORDER BY 4 * (entry.title_vector @@ asked.query)::int
       + 2 * ts_rank(entry.title_vector, asked.query, 8)
       + ts_rank(entry.vector, asked.query, 16)
       + CASE WHEN entry.locale_id = %s THEN 1.5 ELSE 0 END
       + 0.5 / (1 + greatest(0, %s::date - entry.date) / 365.0) DESC,
    entry.date DESC, entry.page_id DESC
"""


@dataclass
class Found:
    """The answer: ids of pages, best first, and how the query had to be understood to find them."""

    pages: list[int] = field(default_factory=list)
    # What their entries were made from (`SearchEntry.digest`), by the ids.
    digests: dict[int, str] = field(default_factory=dict)
    # The query that found them, where that is not what was typed.
    corrected: SearchQuery | None = None
    # Not every term stands in every page.
    is_loose: bool = False
    # There may be more, and certainly are more than these but the last.
    is_cut: bool = False


def find(query: SearchQuery, locale_id: int, narrowing: Narrowing, *, today: datetime.date) -> Found:
    """Return what answers `query`, for a reader of the language `locale_id`, of pages that any visitor may read, and
    lists may name, now.

    Of a page and its translations one is found: the reader's, where it matches. Where nothing holds all terms, mistyped
    words are corrected; where that finds nothing either, pages that hold some of the terms are found, as they are or
    corrected.
    """
    if not query:
        return Found()
    if (found := _find(query, locale_id, narrowing, today)).pages:
        return found
    words, corrected, some = nearest_words(query.words), None, query
    if words != list(query.words):
        corrected = query.with_words(words)
        if (found := _find(corrected, locale_id, narrowing, today)).pages:
            found.corrected = corrected
            return found
        some = query.with_words([*(word for word in query.words if word not in words), *words])
    if len(query.words) + len(query.runs) > 1:
        found = _find(some, locale_id, narrowing, today, any_term=True)
        found.is_loose, found.corrected = True, corrected if found.pages else None
    return found


def suggest(query: SearchQuery, locale_id: int, most: int) -> list[int]:
    """Return the ids of at most `most` pages of a language whose title or names answer `query`, newest first; of
    those that `find` finds.

    The last word may be the beginning of one. Where nothing has all words, and of the last one so little was typed that
    it may become one that no index holds ('of'), what the others find is returned.
    """
    if not query:
        return []
    if (found := _suggest(query, locale_id, most)) or not query.may_become_nothing:
        return found
    return _suggest(query.with_words(list(query.words[:-1])), locale_id, most)


def _suggest(query: SearchQuery, locale_id: int, most: int) -> list[int]:
    beginning, terms = query.beginning()
    with connection.cursor() as cursor:
        # Worked out once for all windows.
        asked = "(SELECT words FROM beginning)"
        newest = Newest(cursor, query, (asked, []), Narrowing(locale_id=locale_id), timezone.localdate())
        candidates = newest.of("title_vector", most)
    statement = f"WITH beginning AS MATERIALIZED (SELECT {beginning} AS words), {newest.windows} {candidates}"
    with preparing_cursor(connection, WhenRepeated) as cursor:
        cursor.execute(statement, [*terms, *newest.parameters])
        return [page_id for (page_id,) in cursor.fetchall()]


def nearest_words(words: Sequence[str]) -> list[str]:
    """Return `words` with each that stands in no page that anybody may read replaced by the nearest one that does, if
    one is near. The last word may stand there as the beginning of others, as `SearchQuery.tsquery` asks for it.
    """
    if not words:
        return []
    alike: dict[str, list[str]] = {word: [] for word in words}
    with preparing_cursor(connection, WhenRepeated) as cursor:
        cursor.execute(_ALIKE, [list(alike)])
        found, begun = set(), set()
        for asked, known, is_in_many, is_begun in cursor.fetchall():
            alike[asked].append(known)
            if is_in_many:
                found.add(known)
            if is_begun and asked == words[-1]:
                begun.add(known)
        near = {word: _near(word, known, may_begin=word == words[-1]) for word, known in alike.items()}
        # Those behind one of which it is known are not wanted.
        unsure = [word for some in near.values() for word in takewhile(lambda one: one not in found, some)]
        if unsure:
            condition, values = once("readable page", readable)
            cursor.execute(_READ_BY_ANYBODY.format(readable=condition), [list(dict.fromkeys(unsure)), *values])
            found |= {word for (word,) in cursor.fetchall()}
    nearest = {word: next((one for one in near[word] if one in found), word) for word in words}
    return [word if word == words[-1] and nearest[word] in begun else nearest[word] for word in words]


def _near(word: str, known: list[str], *, may_begin: bool) -> list[str]:
    """Return those of `known`, which begins with the most alike, that are near `word`, the nearest first; before these,
    where it `may_begin` others, those that do. Of shorter words than are known nobody knows that they are none.
    """
    most = 1 if len(word) < LONG_WORD else 2
    begun = word if may_begin and len(word) >= SHORTEST_WORD else None
    distances = {
        one: 0 if begun and one.startswith(begun) else OSA.distance(word, one, score_cutoff=most) for one in known
    }
    return sorted((one for one in known if distances[one] <= most), key=distances.__getitem__)


def _find(
    query: SearchQuery, locale_id: int, narrowing: Narrowing, today: datetime.date, *, any_term: bool = False
) -> Found:
    key = query.words, query.runs, narrowing, any_term
    ask = partial(_ask, query, locale_id, narrowing, today, any_term=any_term)
    places = experience.places_of(key)
    rows = ask(only=places) if places else []
    # Where everything was looked through, nothing is an answer as well; else the window did not hold enough.
    if not rows and (places is None or set(places.values()) != {ALL}):
        rows = ask()
        # Where nothing was found, everything was looked through.
        places = dict(zip(_VECTORS, rows[0][3:] if rows else (ALL, ALL), strict=True))
        experience.note(key, places)
    # Best first, so the first of a page's translations is the reader's own or the better one.
    best = {translation_key: page_id for page_id, translation_key, *_others in reversed(rows)}
    kept = set(best.values())
    digests = {page_id: digest for page_id, _translation_key, digest, *_places in rows if page_id in kept}
    return Found(list(digests), digests, is_cut=len(rows) >= NEWEST_BY_TEXT)


def _ask(
    query: SearchQuery,
    locale_id: int,
    narrowing: Narrowing,
    today: datetime.date,
    *,
    any_term: bool,
    only: Places | None = None,
) -> list[Any]:
    """Return ids, translation keys and digests of the candidates, best first, with where they were found.

    Where `only` those windows are looked into, which do not hold enough, nothing is returned.
    """
    limits = dict(zip(_VECTORS, (NEWEST_BY_TITLE, NEWEST_BY_TEXT), strict=True))
    with connection.cursor() as cursor:
        tsquery, terms = query.tsquery(any_term=any_term)
        newest = Newest(cursor, query, (tsquery, terms), narrowing, today, any_term=any_term, only=only)
        candidates = " UNION ".join(newest.of(vector, limit) for vector, limit in limits.items())
        of_each = [(newest.enough if only else newest.place)(vector, limit) for vector, limit in limits.items()]
        # Everything put into the statement is written in this package; what a visitor typed is a parameter.
        statement = _HITS.format(
            query=tsquery,
            windows=newest.windows,
            candidates=candidates,
            places="" if only else "".join(f", {place}" for place in of_each),
            is_enough=" AND ".join(of_each) if only else "true",
        )
    with preparing_cursor(connection, WhenRepeated) as cursor:
        cursor.execute(statement, [*terms, *newest.parameters, locale_id, today])
        return cursor.fetchall()
