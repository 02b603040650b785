"""Where are the newest pages that answer a query, without reading all that do?

First among the newest entries, which are read one by one; then by the index among more, then among all.
"""

import datetime
from functools import lru_cache
from typing import Any

from django.core.cache import cache

from partners.keeping import once
from partners.search import window_sql as sql
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
        # Columns say what fits before a long vector is looked at.
        self._read_columns = (f"{columns} AND", values) if columns else ("", [])
        if narrowing.partners is not None:
            # Of one that has just been deleted nothing is found.
            partners = narrowing.partners or (0,)
            of_each = " UNION ALL ".join(sql.OF_PARTNER.format(most=READ_FIRST) for _partner in partners)
            self._windows.append(sql.ENTRIES.format(of_each=of_each, most=READ_FIRST))
            self.parameters += partners
        self._is_more = sql.IS_MORE.format(most=READ_FIRST) if self._is_of_partners and not only else ""
        # What is known of the words says which windows are worth a look, and that none is.
        is_known = not self._is_of_partners and (only is None or set(only.values()) == {ALL})
        of_words, words = known(query, any_term=any_term) if is_known else ("", [])
        if of_words:
            self._windows.append(of_words)
            self.parameters += words
        self._if_possible = sql.IF_POSSIBLE if of_words and not any_term else ""
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
            enough = " ".join(sql.ENOUGH.format(name=before, number=limit) for _place, before in looked)
            conditions = f"{self._if_possible} {enough} {self._is_more}"
            if self._is_known and vector == "title_vector" and place != ALL:
                conditions += f" {sql.IF_MANY_TITLES}"
            where = {"table": sql.TABLES[vector], "vector": vector, "readable": self._readable}
            self._windows.append(sql.WINDOW.format(name=name, query=query, conditions=conditions, **where))
            self.parameters += self._readable_parameters
            looked.append((place, name))
        self._looked[vector] = looked
        windows = " UNION ALL ".join(f"TABLE {name}" for _place, name in looked)
        return sql.NEWEST.format(windows=windows, limit=limit)

    def place(self, vector: str, limit: int) -> str:
        """Return SQL of what would have been enough, of the windows that `of` has asked for, as `only`."""
        *others, (last, _name) = self._looked[vector]
        # Few titles of a partner's are asked of the index the next time, which looks at no others. Texts are read until
        # there are enough, which most have.
        may_be_few = vector == "vector"
        enough = [
            (self._is_enough(place, name, limit, may_be_few=may_be_few), self._as_only(vector, place))
            for place, name in others
        ]
        cases = [f"WHEN {is_enough} THEN {as_only}" for is_enough, as_only in enough]
        return sql.PLACE.format(cases=" ".join(cases), last=last) if cases else f"'{last}'"

    def _as_only(self, vector: str, place: str) -> str:
        """Return SQL of what has to be looked into for what `place` holds, and was read before where that is more."""
        if place != str(FOR_TEXTS) or self._looked[vector][0][0] != READ or self._is_exact:
            return f"'{place}'"
        return sql.ALSO_READ.format(both=READ_AND_ASKED, place=place) if self._is_known else f"'{READ_AND_ASKED}'"

    def enough(self, vector: str, limit: int) -> str:
        """Return SQL of whether the windows that alone were looked into are enough."""
        enough = [self._is_enough(place, name, limit) for place, name in self._looked[vector] if place != ALL]
        return f"({' OR '.join(enough)})" if enough else "true"

    def _is_enough(self, place: str, name: str, limit: int, *, may_be_few: bool = True) -> str:
        enough = sql.HOLDS_ENOUGH.format(name=name, number=limit)
        if may_be_few and place == READ and self._is_of_partners:
            return f"({enough} OR {sql.HOLDS_ALL.format(most=READ_FIRST)})"
        return enough

    def _read(self, vector: str, limit: int) -> list[str]:
        """Ask for the window of what is read; return its name, in a list, or an empty one where nothing is read."""
        name, is_of_texts = f"{vector}_read", vector == "vector"
        if self._is_of_partners:
            narrowed, values = self._read_columns
            which = {"narrowed": narrowed, "query": self._query(READ), "readable": self._readable, "enough": limit}
            self._windows.append(sql.READ_NARROWED.format(name=name, vector=vector, **which))
            self.parameters += [*values, *self._readable_parameters]
            return [name]
        if self._is_exact and not is_of_texts:
            return []
        most = READ_FIRST if is_of_texts else READ_ON_TITLES
        # Where enough was read the last time, it is known to be likely.
        first = most if self._only else READ_EXACT if self._is_exact else READ_FIRST if is_of_texts else READ_TITLES
        if_common = sql.IF_COMMON[vector] if self._is_known else ""
        self._read_some(name, vector, limit, until=first, conditions=f"{self._if_possible} {if_common}")
        if first >= most:
            return [name]
        likely = sql.IF_LIKELY.format(name=name, least=max(LIKELY, -(-limit * first // most)), most=limit - 1)
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
        read = sql.READ_BY_TITLES if narrowed and vector == "vector" else sql.READ
        window = read.format(
            name=name,
            before=f"TABLE {before} UNION ALL" if before else "",
            narrowed=narrowed,
            table=sql.TABLES[vector],
            vector=vector,
            query=self._query(READ),
            conditions=conditions,
            readable=self._readable,
            enough=sql.MINUS_FOUND.format(enough=limit, name=before) if before else limit,
            most=until - skipped,
            skipped=skipped,
        )
        self._windows.append(window)
        both = (
            (self._readable_parameters, values) if read is sql.READ_BY_TITLES else (values, self._readable_parameters)
        )
        self.parameters += [value for some in both for value in some]

    def _query(self, place: str) -> str:
        """Return SQL of the query that is asked in a window, worked out once for both vectors."""
        name = f"asked_{place}"
        if place not in self._asked:
            self._asked.add(place)
            (words, terms), texts = self._wanted[place]
            query = " && ".join(["words", *("%s::tsquery" for _text in texts)])
            self._windows.append(sql.ASKED.format(name=name, query=query, words=words))
            self.parameters += [*texts, *terms]
        return sql.QUERY.format(name=name)


@lru_cache(maxsize=16)
def _since(day: datetime.date, today: datetime.date) -> str:
    return any_of(since(day, today))


def _is_exact(query: SearchQuery) -> bool:
    """Say whether no term of `query` may be the beginning of a longer one."""
    return not query.words and all(len(run) > 1 for run in query.runs)


def _days(cursor: Any) -> list[datetime.date]:
    """Return the day of each entry in whose place a window begins, of those that there are."""
    cursor.execute(sql.BEGINNINGS, [list(NEWEST_FIRST)])
    return [day for (day,) in cursor.fetchall() if day is not None]
