"""Where are the newest pages that answer a query, without reading all that do?

First among the newest entries, which are read one by one; then by the index among more, then among all.
"""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models.expressions import RawSQL
from wagtail.models import Page

from partners.articles.partner_campaign import is_unlisted
from partners.articles.restrictions import open_to_all
from partners.keeping import once
from partners.search.lexemes import any_of, since
from partners.search.query import SearchQuery

# Where pages are looked for, until there are enough: one by one among so many of the newest entries, which finds what
# stands in many; by the index among about so many, and more; and everywhere.
# What is read of titles is less: few hold a word, and their index is small.
READ_FIRST, READ_TITLES, NEWEST_FIRST = 600, 250, (1_500, 12_000)
# Reading ends with so many more than are wanted, since some may be for nobody any more.
SPARE = 10
# A word of less than a share of one in so many entries is not read for: those would not hold enough of it.
RARE = 6
# Seconds for which a process keeps the days on which windows begin: any day divides the work well enough.
KEPT_FOR, _KEPT = 300, "search-windows"

# Columns are read where they are used: of a long text, its vector lies elsewhere.
_ENTRIES = """
newest AS MATERIALIZED (
    SELECT page_id, date, title_vector, vector FROM partners_searchentry {narrowed}
    ORDER BY date DESC, page_id DESC LIMIT {most}
)"""
# In the order of the entries, which is that of their dates.
_READ = """
{name} AS MATERIALIZED (
    SELECT page_id, date FROM (TABLE newest LIMIT {most}) newest
    WHERE {vector} @@ {query} {unless_rare} LIMIT {enough}
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
# None is where all that there is to narrow to has been read.
_IS_MORE = "AND (SELECT count(*) FROM newest) = {most}"
# In how many pages words stand that begin so, and how many pages there are, about.
_IS_COMMON = "(SELECT coalesce(sum(pages), 0) FROM partners_searchword WHERE word LIKE %s) * {rare} > ({pages})"
_PAGES = "SELECT reltuples FROM pg_class WHERE oid = 'partners_searchentry'::regclass"
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
SELECT (SELECT date FROM partners_searchentry ORDER BY date DESC, page_id DESC OFFSET %s LIMIT 1),
       (SELECT date FROM partners_searchentry ORDER BY date DESC, page_id DESC OFFSET %s LIMIT 1)
"""
# Words as `indexing` counts them; an English ending is left open.
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
        """Return SQL and its parameters for the entries of the partners that are asked for, where they are: those are
        few enough to be read.
        """
        if self.partners is None:
            return "", []
        asked: list[tuple[str, Any]] = [("partner_id = ANY(%s)", list(self.partners))]
        if self.locale_id is not None:
            asked.append(("locale_id = %s", self.locale_id))
        if self.topics is not None:
            asked.append(("topics && %s::bigint[]", list(self.topics)))
        if self.disclosures:
            asked.append(("disclosure = ANY(%s)", list(self.disclosures)))
        return f"WHERE {' AND '.join(sql for sql, _value in asked)}", [value for _sql, value in asked]


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
        # The larger one from the beginning of a month: days are many lexemes.
        beginnings = [any_of(since(day.replace(day=1) if number else day, today)) for number, day in enumerate(days)]
        narrowed = narrowing.lexemes()
        # The last window is everything.
        self._queries = [
            (" && ".join([tsquery[0], *("%s::tsquery" for _text in texts)]), [*tsquery[1], *texts])
            for texts in (narrowed, *([*narrowed, beginning] for beginning in beginnings), narrowed)
        ]
        columns, parameters = narrowing.columns()
        self._windows = [_ENTRIES.format(narrowed=columns, most=READ_FIRST)]
        self.parameters: list[Any] = [*parameters]
        self._is_more = _IS_MORE.format(most=READ_FIRST) if columns else ""
        self._unless_rare = ("", []) if columns else _unless_rare(query, any_term=any_term)
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
        for number, (query, parameters) in enumerate(self._queries):
            enough = " ".join(_ENOUGH.format(name=name, number=limit) for name in names)
            names.append(f"{vector}_{number}")
            words: list[str] = []
            if number:
                window = _WINDOW.format(
                    name=names[-1], vector=vector, query=f"({query})", enough=f"{enough} {self._is_more}"
                )
            else:
                unless_rare, words = self._unless_rare if vector == "vector" else ("", [])
                window = _READ.format(
                    name=names[-1],
                    vector=vector,
                    query=f"({query})",
                    unless_rare=unless_rare,
                    enough=limit + SPARE,
                    most=READ_FIRST if vector == "vector" or self._is_more else READ_TITLES,
                )
            self._windows.append(window)
            self.parameters += [*parameters, *words]
        windows = " UNION ALL ".join(f"TABLE {name}" for name in names)
        self._windows.append(_NEWEST.format(name=f"{vector}_newest", windows=windows, most=2 * limit))
        statement = _READABLE.format(name=f"{vector}_newest", readable=self._readable, limit=limit)
        return statement, [*self._readable_parameters]


def _readable() -> tuple[str, tuple[Any, ...]]:
    """Return the statement, with its parameters, that finds `found.page_id` where any visitor may read that page, and
    lists may name it, now.
    """
    pages = open_to_all(Page.objects.live()).filter(~is_unlisted(), pk=RawSQL("found.page_id", []))
    statement: tuple[str, tuple[Any, ...]] = pages.order_by().values("pk").query.sql_with_params()
    return statement


def _days(cursor: Any) -> list[datetime.date]:
    """Return the day of each entry in whose place a window begins, of those that there are."""
    cursor.execute(_BEGINNINGS, NEWEST_FIRST)
    found: tuple[datetime.date | None, ...] = cursor.fetchone()
    return [day for day in found if day is not None]


def _unless_rare(query: SearchQuery, *, any_term: bool) -> tuple[str, list[str]]:
    """Return the condition, and its parameters, that the words of a query are common. To be wrong costs time alone.

    Of words with digits it is taken for granted that they are not; of Chinese, and short words, nothing is known.
    """
    conditions, words = [], []
    for word in query.words:
        if _COUNTED.fullmatch(word):
            conditions.append(_IS_COMMON.format(rare=RARE, pages=_PAGES))
            words.append(f"{_ENDING.sub('', word)}%")
        elif any(character.isdigit() for character in word):
            conditions.append("false")
        elif any_term:
            return "", []
    if not conditions or (any_term and query.runs):
        return "", []
    return f"AND ({(' OR ' if any_term else ' AND ').join(conditions)})", words
