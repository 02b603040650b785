"""What does a reader's query ask the database for?"""

from dataclasses import dataclass

from partners.search.folding import composed, pairs, pieces

LONGEST_QUERY = 120
MOST_TERMS = 12
# A last word of so many letters is also taken as the beginning of a longer one.
SHORTEST_BEGINNING = 3


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
        """Return the same query with other words."""
        return SearchQuery(" ".join([*words, *self.runs]), tuple(words), self.runs)

    def tsquery(self, *, shortest_beginning: int = SHORTEST_BEGINNING, any_term: bool = False) -> tuple[str, list[str]]:
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
