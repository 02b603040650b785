"""What does a reader's query ask the database for?"""

from dataclasses import dataclass
from typing import Any

from partners.search.entry import LENGTH_OF_STEM, LONGER_THAN_STEM, STEM
from partners.search.folding import composed, pairs, pieces

LONGEST_QUERY = 120
MOST_TERMS = 12
# A last word of so many letters is also taken as the beginning of a longer one.
SHORTEST_BEGINNING = 3
# Stems of as many words at most are taken as well, where these are longer than their stems.
MOST_STEMS = 20

# What a word begins: lexemes that begin so; and the stems of known words that do, where they themselves do not, since
# an ending may be cut off where somebody has typed on already ('shipp', whose Shipping is 'ship' in the index). A stem
# is no longer than such a beginning, by which an index finds these few at once, however many words begin so. A word
# that no index holds ('can') begins others (Canals) only where nothing else is asked for.
_BEGINNING = """
(SELECT CASE WHEN %s AND numnode(whole) = 0 THEN whole ELSE whole || to_tsquery('simple', %s) {stems} END
FROM (SELECT to_tsquery('english', %s) AS whole OFFSET 0) asked)"""
_STEMS = f"""
|| coalesce(to_tsquery('simple', (
    SELECT string_agg(stem, ' | ') FROM (
        SELECT DISTINCT {STEM} AS stem FROM partners_searchword
        WHERE {LONGER_THAN_STEM} AND {LENGTH_OF_STEM} = ANY(%s) AND word BETWEEN %s AND rpad(%s, 40, 'z')
            AND NOT starts_with({STEM}, %s)
        LIMIT {MOST_STEMS}
    ) stems)), ''::tsquery)"""  # noqa: S608  nothing but the parts above


@dataclass(frozen=True)
class SearchQuery:
    """A query, cleaned: `text` as it is shown again, its folded `words` and `runs` of Chinese characters."""

    text: str
    words: tuple[str, ...]
    runs: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "SearchQuery":
        """Read what a visitor typed, which may be anything; what is longer than LONGEST_QUERY characters is cut."""
        cleaned = " ".join(composed(text[: LONGEST_QUERY * 2]).split())[:LONGEST_QUERY]
        words, runs = pieces(cleaned)
        # Each once, in order: repeating a word asks for nothing more.
        words, runs = list(dict.fromkeys(words))[:MOST_TERMS], list(dict.fromkeys(runs))[:MOST_TERMS]
        return cls(cleaned, tuple(words), tuple(runs))

    def __bool__(self) -> bool:
        return bool(self.words or self.runs)

    def with_words(self, words: list[str]) -> "SearchQuery":
        """Return the same query with other words, each once."""
        words = list(dict.fromkeys(words))
        return SearchQuery(" ".join([*words, *self.runs]), tuple(words), self.runs)

    @property
    def may_become_nothing(self) -> bool:
        """Whether the last of several terms is so short that it may become a word which no index holds."""
        return bool(self.words) and len(self.words) + len(self.runs) > 1 and len(self.words[-1]) <= SHORTEST_BEGINNING

    def beginning(self) -> tuple[str, list[Any]]:
        """Return SQL and its parameters for the `tsquery` of somebody who is still typing: all terms, the last word as
        the beginning of any that begins so.
        """
        if not self.words:
            return self.tsquery()
        *others, last = self.words
        stems: list[Any] = []
        if len(last) >= SHORTEST_BEGINNING:
            stems = [list(range(SHORTEST_BEGINNING - 1, len(last) + 1)), last, last, last]
        values = [bool(others or self.runs), f"{last}:*", *stems, last]
        beginning = _BEGINNING.format(stems=_STEMS if stems else "")
        if not others and not self.runs:
            return beginning, values
        sql, terms = SearchQuery(self.text, tuple(others), self.runs).tsquery(shortest_beginning=LONGEST_QUERY + 1)
        return f"({beginning} && {sql})", [*values, *terms]

    def tsquery(self, *, shortest_beginning: int = SHORTEST_BEGINNING, any_term: bool = False) -> tuple[str, list[Any]]:
        """Return SQL and its parameters for the `tsquery` that all terms make, or `any_term` of them.

        The last word also stands for longer ones, from `shortest_beginning` letters on. Terms hold nothing but letters
        and digits, so none is an operator of the query's language.
        """
        parts: list[tuple[str, str]] = [("english", self._word(word, shortest_beginning)) for word in self.words]
        parts += [("simple", _phrase(run)) for run in self.runs]
        joined = (" || " if any_term else " && ").join(f"to_tsquery('{config}', %s)" for config, _term in parts)
        return f"({joined})", [term for _config, term in parts]

    def of_word(self, word: str) -> tuple[str, str]:
        """Return SQL and its parameter for the `tsquery` of one of the words."""
        return "to_tsquery('english', %s)", self._word(word, SHORTEST_BEGINNING)

    def _word(self, word: str, shortest_beginning: int) -> str:
        if word == self.words[-1] and len(word) >= shortest_beginning:
            return f"{word} | {word}:*"
        return word


def _phrase(run: str) -> str:
    """Return the query for characters that stand side by side."""
    if len(run) == 1:
        # Each character begins a pair or, at the end of a run, stands alone.
        return f"{run}:*"
    return " <-> ".join(pairs(run)[:-1])
