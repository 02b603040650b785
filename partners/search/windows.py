"""Where are the newest pages that answer a query, without reading all that do?

First among the newest entries, which are read one by one; then by the index among more, then among all.
"""

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.db.models.expressions import RawSQL
from wagtail.models import Page

from partners.articles.partner_campaign import is_unlisted
from partners.articles.restrictions import open_to_all
from partners.keeping import once
from partners.search.lexemes import any_of, since
from partners.search.query import LONGEST_QUERY, SearchQuery

# Where pages are looked for, until there are enough: one by one among so many of the newest entries, which finds what
# stands in many; by the index among about so many, and more; and everywhere.
# What is read of titles is less: few hold a word, and their index is small.
READ_FIRST, READ_TITLES, NEWEST_FIRST = 600, 250, (600, 1_500, 12_000)
# The first of these is for what the index finds at once, which is not read for. Words are: the last one may be the
# beginning of others, and the index collects all entries with those, whatever window is asked for.
FOR_EXACT = 1
# And the second, of words, for texts: those that titles which are read do not have stand in few. Where it holds enough
# pages with the words as they are, it is not asked what else they begin.
FOR_TEXTS = 1
# Reading ends with so many more than are wanted, since some may be for nobody any more.
SPARE = 10
# A word of less than a share of one in so many entries is not read for: those would not hold enough of it.
RARE = 6
# Seconds for which a process keeps the days on which windows begin: any day divides the work well enough.
KEPT_FOR, _KEPT = 300, "search-windows"

# What is asked, worked out once: a plan for any values would do so again for each entry that is looked at.
_ASKED = """
{name} AS MATERIALIZED (SELECT {query} AS query)"""
_QUERY = "(SELECT query FROM {name})"
# How many entries there are to narrow to, as far as they are read.
_ENTRIES = """
newest AS MATERIALIZED (
    SELECT count(*) AS entries
    FROM (SELECT FROM partners_searchentry {narrowed} ORDER BY date DESC, page_id DESC LIMIT {most}) found
)"""
# What is known of the words: whether each stands anywhere, and whether they are common. The table of words says so at
# once, and where it does not know a word, the index does. Counted, where EXISTS would do: for one row alone, the
# database would read the entries one after the other.
_KNOWN = """
known AS MATERIALIZED (SELECT {possible} AS is_possible, {common} AS is_common FROM (SELECT {pages}) words)"""
_IS_POSSIBLE = "({name} > 0 OR (SELECT count(*) FROM partners_searchentry WHERE vector @@ {query}) > 0)"
_IF_POSSIBLE, _IF_COMMON = "AND (SELECT is_possible FROM known)", "AND (SELECT is_common FROM known)"
# In the order of the entries, which is that of their dates. Not from a part of the statement that all windows share:
# vectors would be copied into it, also those behind the last that is wanted.
_READ = """
{name} AS MATERIALIZED (
    SELECT page_id, date FROM (
        SELECT page_id, date, locale_id, disclosure, topics, {vector} FROM partners_searchentry {entries}
        ORDER BY date DESC, page_id DESC LIMIT {most}
    ) newest
    WHERE {narrowed} {vector} @@ {query} {conditions} LIMIT {enough}
)"""
# Materialized, so that nothing but the index of the vectors can answer: by date, the database would read the vectors of
# thousands of entries.
_WINDOW = """
{name} AS MATERIALIZED (
    SELECT entry.page_id, entry.date FROM partners_searchentry entry
    WHERE entry.{vector} @@ {query} {conditions}
)"""
# A window that is not needed is not looked into; the last one that is holds what the others hold.
_ENOUGH = "AND (SELECT count(*) FROM {name}) < {number}"
# None is where all that there is to narrow to has been read.
_IS_MORE = "AND (SELECT entries FROM newest) = {most}"
# In how many pages words stand that begin so, and how many pages there are, about.
_PAGES_OF_WORD = "(SELECT coalesce(sum(pages), 0) FROM partners_searchword WHERE word LIKE %s) AS {name}"
_PAGES = "(SELECT reltuples FROM pg_class WHERE oid = 'partners_searchentry'::regclass)"
# Some that nobody may read any more may be among them.
_NEWEST = """
{name} AS MATERIALIZED (
    SELECT page_id, date FROM ({windows}) found GROUP BY page_id, date ORDER BY date DESC, page_id DESC LIMIT {most}
)"""
_READABLE = """
(SELECT found.page_id FROM {name} found CROSS JOIN LATERAL ({readable}) page
  ORDER BY found.date DESC, found.page_id DESC LIMIT {limit})
"""
_BEGINNINGS = """
SELECT (SELECT date FROM partners_searchentry ORDER BY date DESC, page_id DESC OFFSET place LIMIT 1)
FROM unnest(%s::integer[]) WITH ORDINALITY AS places (place, number) ORDER BY number
"""
# Words as `indexing` counts them.
_COUNTED, _ENDING = re.compile(r"[a-z]{4,40}"), re.compile(r"(?:ies|ied|ing|ed|es|s|y|e)$")


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
        """Return conditions of SQL that say the same of an entry, and their parameters; "" where nothing narrows."""
        asked: list[tuple[str, Any]] = []
        if self.partners is not None and len(self.partners) == 1:
            # Whose entries an index has in their order.
            asked.append(("partner_id = %s", self.partners[0]))
        elif self.partners is not None:
            asked.append(("partner_id = ANY(%s)", list(self.partners)))
        if self.locale_id is not None:
            asked.append(("locale_id = %s", self.locale_id))
        if self.topics is not None:
            asked.append(("topics && %s::bigint[]", list(self.topics)))
        if self.disclosures:
            asked.append(("disclosure = ANY(%s)", list(self.disclosures)))
        return " AND ".join(sql for sql, _value in asked), [value for _sql, value in asked]


class Newest:
    """The SQL that finds the newest pages which answer a query, by windows of time that each hold the one before."""

    def __init__(
        self,
        cursor: Any,
        query: SearchQuery,
        tsquery: tuple[str, list[str]],
        narrowing: Narrowing,
        today: datetime.date,
        *,
        any_term: bool = False,
    ) -> None:
        """Ask `cursor` where the windows begin, where that was not asked of late. `tsquery` is what `query` asks for,
        or `any_term` of it, as SQL with parameters.
        """
        days: list[datetime.date] | None = cache.get(_KEPT)
        if days is None:
            cache.set(_KEPT, days := _days(cursor), KEPT_FOR)
        columns, values = narrowing.columns()
        # A partner's entries are few enough to be read, and nothing else is where that is all of them.
        is_of_partners = narrowing.partners is not None
        self._is_read = is_of_partners or not _is_exact(query)
        # The largest one from the beginning of a month: days are many lexemes.
        last = len(NEWEST_FIRST) - 1
        beginnings = [_since(day.replace(day=1) if at == last else day, today) for at, day in enumerate(days)]
        first = last if is_of_partners else FOR_EXACT if self._is_read else 0
        narrowed = narrowing.lexemes()
        whole = query.tsquery(shortest_beginning=LONGEST_QUERY + 1, any_term=any_term)
        self._windows: list[str] = []
        self.parameters: list[Any] = []
        # By their places in NEWEST_FIRST; the last window is everything.
        self._queries = [
            (at, self._asked(f"asked_{at}", whole if at == FOR_TEXTS else tsquery, [*narrowed, beginning]))
            for at, beginning in enumerate(beginnings)
            if at >= first
        ]
        self._queries.append((len(NEWEST_FIRST), self._asked("asked_of_all", tsquery, narrowed)))
        # The columns of what is read say the rest.
        self._read_query = self._asked("asked_of_read", tsquery, []) if self._is_read else ""
        # Of a partner's, those alone are read that fit; of others, columns say it before a long vector is looked at.
        entries = f"WHERE {columns}" if is_of_partners else ""
        self._entries = (entries, values if is_of_partners else [])
        self._read_columns = ("", []) if is_of_partners or not columns else (f"{columns} AND", values)
        if is_of_partners:
            self._windows.append(_ENTRIES.format(narrowed=entries, most=READ_FIRST))
            self.parameters += values
        self._is_more = _IS_MORE.format(most=READ_FIRST) if is_of_partners else ""
        known, words = ("", []) if is_of_partners else _known(query, any_term=any_term)
        if known:
            self._windows.append(known)
            self.parameters += words
        self._if_possible = _IF_POSSIBLE if known and not any_term else ""
        self._if_common = _IF_COMMON if known else ""
        self._has_words = bool(query.words)
        self._readable, self._readable_parameters = once("readable page", _readable)

    @property
    def windows(self) -> str:
        """The windows that `of` has asked for, as parts of a WITH; their parameters are `parameters`."""
        return ",".join(self._windows)

    def of(self, vector: str, limit: int) -> tuple[str, list[Any]]:
        """Return the statement that finds the `limit` newest readable pages whose `vector` answers, and its
        parameters.
        """
        names: list[str] = []
        if self._is_read:
            names.append(f"{vector}_read")
            self._read(names[-1], vector, limit)
        queries = [query for at, query in self._queries if at != FOR_TEXTS or vector == "vector" or not self._has_words]
        for number, query in enumerate(queries):
            enough = " ".join(_ENOUGH.format(name=name, number=limit) for name in names)
            names.append(f"{vector}_{number}")
            conditions = f"{self._if_possible} {enough} {self._is_more}"
            self._windows.append(_WINDOW.format(name=names[-1], vector=vector, query=query, conditions=conditions))
        windows = " UNION ALL ".join(f"TABLE {name}" for name in names)
        self._windows.append(_NEWEST.format(name=f"{vector}_newest", windows=windows, most=2 * limit))
        statement = _READABLE.format(name=f"{vector}_newest", readable=self._readable, limit=limit)
        return statement, [*self._readable_parameters]

    def _read(self, name: str, vector: str, limit: int) -> None:
        """Ask for the window `name`, whose entries are read."""
        (entries, of_entries), (narrowed, values) = self._entries, self._read_columns
        window = _READ.format(
            name=name,
            entries=entries,
            narrowed=narrowed,
            vector=vector,
            query=self._read_query,
            conditions=f"{self._if_possible} {self._if_common}",
            enough=limit + SPARE,
            most=READ_FIRST if vector == "vector" or self._is_more else READ_TITLES,
        )
        self._windows.append(window)
        self.parameters += [*of_entries, *values]

    def _asked(self, name: str, tsquery: tuple[str, list[str]], texts: list[str]) -> str:
        """Ask for what answers `tsquery` and each query of `texts` by the name `name`; return SQL of that query."""
        query = " && ".join([tsquery[0], *("%s::tsquery" for _text in texts)])
        self._windows.append(_ASKED.format(name=name, query=query))
        self.parameters += [*tsquery[1], *texts]
        return _QUERY.format(name=name)


@lru_cache(maxsize=16)
def _since(day: datetime.date, today: datetime.date) -> str:
    return any_of(since(day, today))


def _is_exact(query: SearchQuery) -> bool:
    """Say whether no term of `query` may be the beginning of a longer one."""
    return not query.words and all(len(run) > 1 for run in query.runs)


def _readable() -> tuple[str, tuple[Any, ...]]:
    """Return the statement, with its parameters, that finds `found.page_id` where any visitor may read that page, and
    lists may name it, now.
    """
    pages = open_to_all(Page.objects.live()).filter(~is_unlisted(), pk=RawSQL("found.page_id", []))
    statement: tuple[str, tuple[Any, ...]] = pages.order_by().values("pk").query.sql_with_params()
    return statement


def _days(cursor: Any) -> list[datetime.date]:
    """Return the day of each entry in whose place a window begins, of those that there are."""
    cursor.execute(_BEGINNINGS, [list(NEWEST_FIRST)])
    return [day for (day,) in cursor.fetchall() if day is not None]


def _known(query: SearchQuery, *, any_term: bool) -> tuple[str, list[str]]:
    """Return the part of a WITH, and its parameters, that says what is known of the words of a query; "" for no words.

    That they are common may be wrong, which costs time alone: of words with digits it is taken for granted that they
    are not; of Chinese, and short words, nothing is known, and so they are. That each word stands in some page is never
    wrong. Otherwise the index would collect what the others stand in, window after window, for one that was mistyped.
    """
    counted = {f"word_{number}": word for number, word in enumerate(query.words) if _COUNTED.fullmatch(word)}
    with_digits = [word for word in query.words if any(character.isdigit() for character in word)]
    others = len(query.words) - len(counted) - len(with_digits) + len(query.runs)
    if not counted and not with_digits:
        return "", []
    possible = [_IS_POSSIBLE.format(name=name, query=query.of_word(word)[0]) for name, word in counted.items()]
    which = "greatest" if any_term else "least"
    common = f"{which}({', '.join(counted)}) * {RARE} > {_PAGES}" if counted else "false"
    if any_term:
        possible, common = [], "true" if others else common
    elif with_digits:
        common = "false"
    pages = ", ".join(_PAGES_OF_WORD.format(name=name) for name in counted)
    known = _KNOWN.format(possible=" AND ".join(possible) or "true", common=common, pages=pages)
    terms = [query.of_word(word)[1] for word in counted.values()] if possible else []
    # An English ending is left open.
    return known, [*terms, *(f"{_ENDING.sub('', word)}%" for word in counted.values())]
