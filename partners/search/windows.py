"""Where are the newest pages that answer a query, without reading all that do?

First among the newest entries, which are read one by one; then by the index among more, then among all.
"""

import datetime
from functools import lru_cache
from typing import Any

from django.core.cache import cache

from partners.keeping import once
from partners.search.experience import Places
from partners.search.known_words import known
from partners.search.lexemes import Narrowing, any_of, since
from partners.search.query import LONGEST_QUERY, SearchQuery
from partners.search.readable import readable

# Where pages are looked for, until there are enough: one by one among so many of the newest entries, which finds what
# stands in many; by the index among about so many, and more; and everywhere.
# What is read of titles is less: few hold a word, and their index is small.
READ_FIRST, READ_TITLES, NEWEST_FIRST = 600, 250, (600, 1_500, 12_000)
# The first of these is for titles of what the index finds at once, the second for texts: those that titles which are
# read do not have stand in few. Where it holds enough pages with the words as they are, it is not asked what else they
# begin: the index collects all entries with those, whatever window is asked for.
FOR_TEXTS, FOR_TITLES = 1, 2
# Where so many of the newest hold what makes it likely, reading goes on, until READ_FIRST were read: of texts, for what
# stands side by side, since the index looks at each entry of a window for that; or so many: of titles, for the
# beginnings of words.
READ_EXACT, READ_ON_TITLES = 100, 1_500
# One alone says nothing of those that follow.
LIKELY = 2
# The windows of what is read, of everything, and, where texts are read for more than they are then asked for, of both;
# the others are called by their places in NEWEST_FIRST.
READ, ALL, READ_AND_ASKED = "read", "all", "read and asked"
# Seconds for which a process keeps the days on which windows begin: any day divides the work well enough.
KEPT_FOR, _KEPT = 300, "search-windows"

# Where each vector is looked for.
_TABLES = {"title_vector": "partners_searchtitle", "vector": "partners_searchentry"}
# What is asked, worked out once: a plan for any values would do so again for each entry that is looked at. Words that
# no index holds ('the') are left out of a query; where none is left, what narrows it would find every page.
_ASKED = """
{name} AS MATERIALIZED (
    SELECT CASE WHEN numnode(words) > 0 THEN {query} END AS query FROM (SELECT {words} AS words OFFSET 0) asked
)"""
_QUERY = "(SELECT query FROM {name})"
# What there is to narrow to, as far as it is read, and whether that is all.
_ENTRIES = """
narrowed AS MATERIALIZED (
    SELECT page_id, date, title_vector @@ {query} AS is_named
    FROM partners_searchentry WHERE {columns} ORDER BY date DESC, page_id DESC LIMIT {most}
),
newest AS MATERIALIZED (SELECT count(*) AS entries FROM narrowed)"""
_NAMED = """
{name} AS MATERIALIZED (SELECT page_id, date FROM narrowed found WHERE is_named AND {readable})"""
# In the order of the entries, which is that of their dates. Not from a part of the statement that all windows share:
# vectors would be copied into it, also those behind the last that is wanted. Here, and in all windows, it is asked of
# what has matched whether it may be read: as many as are wanted are found, however many there are that nobody may read.
_READ = """
{name} AS MATERIALIZED ({before}
    (SELECT page_id, date FROM (
        SELECT page_id, date, locale_id, disclosure, topics, {vector} FROM {table}
        ORDER BY date DESC, page_id DESC LIMIT {most} OFFSET {skipped}
    ) found
    WHERE {narrowed} {vector} @@ {query} {conditions} AND {readable} LIMIT {enough})
)"""
# Of a partner's, in the order in which they were read: sorted with their vectors, all of these would be copied.
_READ_NARROWED = """
{name} AS MATERIALIZED (
    SELECT page_id, date FROM (TABLE narrowed ORDER BY date DESC, page_id DESC) newest CROSS JOIN LATERAL (
        SELECT FROM partners_searchentry found
        WHERE found.page_id = newest.page_id AND found.{vector} @@ {query} AND {readable} OFFSET 0
    ) matching
    ORDER BY date DESC, page_id DESC LIMIT {enough}
)"""
_MINUS_FOUND = "{enough} - (SELECT count(*) FROM {name})"
_IF_LIKELY = "AND (SELECT count(*) FROM {name}) BETWEEN {least} AND {most}"
# Materialized, so that nothing but the index of the vectors can answer: by date, the database would read the vectors of
# thousands of entries.
_WINDOW = """
{name} AS MATERIALIZED (
    SELECT found.page_id, found.date FROM {table} found
    WHERE found.{vector} @@ {query} {conditions} AND {readable}
)"""
# A window that is not needed is not looked into; the last one that is holds what the others hold.
_ENOUGH = "AND (SELECT count(*) FROM {name}) < {number}"
_IF_POSSIBLE = "AND (SELECT is_possible FROM known)"
_IF_COMMON = {
    "vector": "AND (SELECT is_common FROM known)",
    "title_vector": "AND (SELECT is_common_in_titles AND NOT is_in_few_titles FROM known)",
}
_IF_MANY_TITLES = "AND NOT (SELECT is_in_few_titles FROM known)"
# None is where all that there is to narrow to has been read.
_IS_MORE = "AND (SELECT entries FROM newest) = {most}"
# The first window that holds enough; of a partner's, what was read may be all that there is.
_PLACE = "(SELECT CASE {cases} ELSE '{last}' END)"
_ALSO_READ = "(SELECT CASE WHEN is_common THEN '{both}' ELSE '{place}' END FROM known)"
_HOLDS_ENOUGH = "(SELECT count(*) FROM {name}) >= {number}"
_HOLDS_ALL = "(SELECT entries FROM newest) < {most}"
_NEWEST = """
(SELECT page_id FROM ({windows}) found GROUP BY page_id, date ORDER BY date DESC, page_id DESC LIMIT {limit})
"""
_BEGINNINGS = """
SELECT (SELECT date FROM partners_searchentry ORDER BY date DESC, page_id DESC OFFSET place LIMIT 1)
FROM unnest(%s::integer[]) WITH ORDINALITY AS places (place, number) ORDER BY number
"""


class Newest:
    """The SQL that finds the newest pages which answer a query, by windows of time that each hold the one before."""

    def __init__(
        self,
        cursor: Any,
        query: SearchQuery,
        tsquery: tuple[str, list[Any]],
        narrowing: Narrowing,
        today: datetime.date,
        *,
        any_term: bool = False,
        only: Places | None = None,
    ) -> None:
        """Ask `cursor` where the windows begin, where that was not asked of late. `tsquery` is what `query` asks for,
        or `any_term` of it, as SQL with parameters. Of each vector `only` that window is looked into which is named.
        """
        days: list[datetime.date] | None = cache.get(_KEPT)
        if days is None:
            cache.set(_KEPT, days := _days(cursor), KEPT_FOR)
        columns, values = narrowing.columns()
        # A partner's entries are few enough to be read, and nothing else is where that is all of them.
        self._is_of_partners = narrowing.partners is not None
        self._is_exact = not self._is_of_partners and _is_exact(query)
        # Where all are fewer than the smallest window, the index finds them at once; to be read, they would be sorted.
        self._is_read = self._is_of_partners or bool(days)
        self._only = only
        # The largest one from the beginning of a month: days are many lexemes.
        last = len(NEWEST_FIRST) - 1
        self._first = last if self._is_of_partners else 0 if self._is_exact else FOR_TEXTS
        narrowed = narrowing.lexemes()
        whole = query.tsquery(shortest_beginning=LONGEST_QUERY + 1, any_term=any_term)
        # What is asked in each window; where entries are read, their columns say the rest.
        self._wanted: dict[str, tuple[tuple[str, list[Any]], list[str]]] = {
            READ: (tsquery, []),
            ALL: (tsquery, narrowed),
        }
        for at, day in enumerate(days):
            beginning = _since(day.replace(day=1) if at == last else day, today)
            self._wanted[str(at)] = whole if at == FOR_TEXTS else tsquery, [*narrowed, beginning]
        self._days = len(days)
        self._asked: set[str] = set()
        self._windows: list[str] = []
        self.parameters: list[Any] = []
        # By their vectors, the windows that are looked into, with their names in the statement.
        self._looked: dict[str, list[tuple[str, str]]] = {}
        # Of a partner's, those alone are read that fit; of others, columns say it before a long vector is looked at.
        self._read_columns = (f"{columns} AND", values) if columns else ("", [])
        if self._is_of_partners:
            entries = _ENTRIES.format(columns=columns, query=self._query(READ), most=READ_FIRST)
            self._windows.append(entries)
            self.parameters += values
        self._is_more = _IS_MORE.format(most=READ_FIRST) if self._is_of_partners and not only else ""
        # What is known of the words says which windows are worth a look, and that none is.
        is_known = not self._is_of_partners and (only is None or set(only.values()) == {ALL})
        of_words, words = known(query, any_term=any_term) if is_known else ("", [])
        if of_words:
            self._windows.append(of_words)
            self.parameters += words
        self._if_possible = _IF_POSSIBLE if of_words and not any_term else ""
        self._is_known = bool(of_words)
        self._readable, self._readable_parameters = once("readable page", readable)

    @property
    def windows(self) -> str:
        """The windows that `of` has asked for, as parts of a WITH; their parameters are `parameters`."""
        return ",".join(self._windows)

    def of(self, vector: str, limit: int) -> str:
        """Return the statement that finds the `limit` newest readable pages whose `vector` answers."""
        first = FOR_TEXTS if vector == "vector" and self._is_read else 0 if self._is_exact else FOR_TITLES
        places = [*(str(at) for at in range(max(first, self._first), self._days)), ALL]
        there = {*places, READ} if self._is_read else {*places}
        only = self._only[vector] if self._only else None
        wanted = there if only is None else {READ, str(FOR_TEXTS)} if only == READ_AND_ASKED else {only}
        if not wanted <= there:
            # There are fewer entries than there were.
            wanted = {ALL}
        looked = [(READ, name) for name in self._read(vector, limit)] if READ in wanted else []
        for place in (place for place in places if place in wanted):
            query, name = self._query(place), f"{vector}_{place}"
            enough = " ".join(_ENOUGH.format(name=before, number=limit) for _place, before in looked)
            conditions = f"{self._if_possible} {enough} {self._is_more}"
            if self._is_known and vector == "title_vector" and place != ALL:
                conditions += f" {_IF_MANY_TITLES}"
            where = {"table": _TABLES[vector], "vector": vector, "readable": self._readable}
            self._windows.append(_WINDOW.format(name=name, query=query, conditions=conditions, **where))
            self.parameters += self._readable_parameters
            looked.append((place, name))
        self._looked[vector] = looked
        windows = " UNION ALL ".join(f"TABLE {name}" for _place, name in looked)
        return _NEWEST.format(windows=windows, limit=limit)

    def place(self, vector: str, limit: int) -> str:
        """Return SQL of what would have been enough, of the windows that `of` has asked for, as `only`."""
        *others, (last, _name) = self._looked[vector]
        enough = [(self._is_enough(place, name, limit), self._as_only(vector, place)) for place, name in others]
        cases = [f"WHEN {is_enough} THEN {as_only}" for is_enough, as_only in enough]
        return _PLACE.format(cases=" ".join(cases), last=last) if cases else f"'{last}'"

    def _as_only(self, vector: str, place: str) -> str:
        """Return SQL of what has to be looked into for what `place` holds, and was read before where that is more."""
        if place != str(FOR_TEXTS) or self._looked[vector][0][0] != READ or self._is_exact:
            return f"'{place}'"
        return _ALSO_READ.format(both=READ_AND_ASKED, place=place) if self._is_known else f"'{READ_AND_ASKED}'"

    def enough(self, vector: str, limit: int) -> str:
        """Return SQL of whether the windows that alone were looked into are enough."""
        enough = [self._is_enough(place, name, limit) for place, name in self._looked[vector] if place != ALL]
        return f"({' OR '.join(enough)})" if enough else "true"

    def _is_enough(self, place: str, name: str, limit: int) -> str:
        enough = _HOLDS_ENOUGH.format(name=name, number=limit)
        if place == READ and self._is_of_partners:
            return f"({enough} OR {_HOLDS_ALL.format(most=READ_FIRST)})"
        return enough

    def _read(self, vector: str, limit: int) -> list[str]:
        """Ask for the window of what is read; return its name, in a list, or an empty one where nothing is read."""
        name, is_of_texts = f"{vector}_read", vector == "vector"
        if self._is_of_partners:
            read = _READ_NARROWED if is_of_texts else _NAMED
            which = {"query": self._query(READ), "readable": self._readable, "enough": limit}
            self._windows.append(read.format(name=name, vector=vector, **which))
            self.parameters += self._readable_parameters
            return [name]
        if self._is_exact and not is_of_texts:
            return []
        most = READ_FIRST if is_of_texts else READ_ON_TITLES
        # Where enough was read the last time, it is known to be likely.
        first = most if self._only else READ_EXACT if self._is_exact else READ_FIRST if is_of_texts else READ_TITLES
        if_common = _IF_COMMON[vector] if self._is_known else ""
        self._read_some(name, vector, limit, until=first, conditions=f"{self._if_possible} {if_common}")
        if first >= most:
            return [name]
        likely = _IF_LIKELY.format(name=name, least=max(LIKELY, -(-limit * first // most)), most=limit - 1)
        self._read_some(f"{name}_on", vector, limit, after=(name, first), until=most, conditions=likely)
        return [f"{name}_on"]

    def _read_some(
        self, name: str, vector: str, limit: int, *, until: int, conditions: str, after: tuple[str, int] = ("", 0)
    ) -> None:
        """Ask for the window `name`, whose entries are read; with what was found in the window `after`, which has read
        so many.
        """
        narrowed, values = self._read_columns
        before, skipped = after
        window = _READ.format(
            name=name,
            before=f"TABLE {before} UNION ALL" if before else "",
            narrowed=narrowed,
            table=_TABLES[vector],
            vector=vector,
            query=self._query(READ),
            conditions=conditions,
            readable=self._readable,
            enough=_MINUS_FOUND.format(enough=limit, name=before) if before else limit,
            most=until - skipped,
            skipped=skipped,
        )
        self._windows.append(window)
        self.parameters += [*values, *self._readable_parameters]

    def _query(self, place: str) -> str:
        """Return SQL of the query that is asked in a window, worked out once for both vectors."""
        name = f"asked_{place}"
        if place not in self._asked:
            self._asked.add(place)
            (words, terms), texts = self._wanted[place]
            query = " && ".join(["words", *("%s::tsquery" for _text in texts)])
            self._windows.append(_ASKED.format(name=name, query=query, words=words))
            self.parameters += [*texts, *terms]
        return _QUERY.format(name=name)


@lru_cache(maxsize=16)
def _since(day: datetime.date, today: datetime.date) -> str:
    return any_of(since(day, today))


def _is_exact(query: SearchQuery) -> bool:
    """Say whether no term of `query` may be the beginning of a longer one."""
    return not query.words and all(len(run) > 1 for run in query.runs)


def _days(cursor: Any) -> list[datetime.date]:
    """Return the day of each entry in whose place a window begins, of those that there are."""
    cursor.execute(_BEGINNINGS, [list(NEWEST_FIRST)])
    return [day for (day,) in cursor.fetchall() if day is not None]
