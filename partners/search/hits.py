"""What does a reader see of each page that was found?"""

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import pairwise
from typing import Any

from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Locale, Page

from partners.articles.article_page import PartnerArticlePage
from partners.articles.linked_pages import pages_linked_from_each
from partners.articles.listing import with_sponsors
from partners.articles.phrases import as_phrases, phrase_ends
from partners.keeping import is_kept, locales, once
from partners.search.entry import SearchEntry
from partners.search.folding import HAN_RUN, composed, folded
from partners.search.linked_words import LinkedWords, read_marks
from partners.search.query import SearchQuery

# What stands in a frame, in characters of Unicode's private use.
TITLE, EXTRACT = "\ue000title\ue000", "\ue000extract\ue000"
# Characters of the text around the first mark; Chinese says in a third of them what Latin letters say.
LATIN_AROUND, HAN_AROUND = 220, 90
# An English word of more letters is also marked where its ending differs.
SHORTEST_STEM = 4
_ENDING = re.compile(r"(?:ies|ied|ing|ed|es|s|y|e)$")


@dataclass(frozen=True)
class Label:
    """What stands before words of a text that link to an article: `words`, and where those begin and end."""

    begins: int
    ends: int
    words: str


@dataclass(frozen=True)
class Hit:
    """A page that was found. `article` is the page where it is a partner's article, which needs its label."""

    page: Any
    query: SearchQuery
    language: Locale
    # What an extract is taken from, where one is shown.
    text: str = ""
    # The same, folded.
    plain: str = ""
    # Those of the articles to which it links, in order.
    labels: tuple[Label, ...] = ()
    # With marks in the place of title and extract, for whoever puts them in.
    is_frame: bool = False

    @property
    def article(self) -> PartnerArticlePage | None:
        """The page, where it is an article."""
        return self.page if isinstance(self.page, PartnerArticlePage) else None

    @cached_property
    def title(self) -> SafeString:
        """The title as HTML, with what was searched for marked, and where its lines may end."""
        if self.is_frame:
            return mark_safe(TITLE)  # noqa: S308  nothing of a visitor
        title = composed(self.page.title)
        return as_phrases(_parts(title, self.query), phrase_ends(title, self.language.language_code))

    @cached_property
    def extract(self) -> SafeString:
        """A part of the text as HTML, around the first word that was searched for, with all of them marked."""
        if self.is_frame:
            return mark_safe(EXTRACT)  # noqa: S308  nothing of a visitor
        return marked(extract(self.text, self.query, self.plain, self.labels), self.query)


def titles_for(pages: Sequence[int], query: SearchQuery) -> list[Hit]:
    """Return the hits for the ids `pages`, in that order, of which no text is shown."""
    found, languages = _pages(pages), locales()
    return [Hit(page, query, languages[page.locale_id]) for pk in pages if (page := found.get(pk)) is not None]


def hits_for(pages: Sequence[int], digests: Mapping[int, str], query: SearchQuery) -> list[Hit]:
    """Return the hits for the ids `pages`, in that order, with what a list shows of them loaded.

    `digests` say of which state of their entries, by the ids.
    """
    texts = _texts([(pk, digests[pk]) for pk in pages])
    found, languages = _pages(pages), locales()
    labels = _labels({page: links for pk, page in found.items() if (links := texts[pk][2])})
    hits = []
    for pk, page in found.items():
        text, plain, _links = texts[pk]
        hits.append(Hit(page, query, languages[page.locale_id], text, plain, labels.get(page, ())))
    return hits


def _labels(links: Mapping[Page, list[LinkedWords]]) -> dict[Page, tuple[Label, ...]]:
    """Return the labels of the articles to which the texts of pages link, in the language of each page, as it has them
    itself; by one query for each of these languages, for what nobody keeps.
    """
    found = {}
    languages = {page: locales()[page.locale_id].language_code for page in links}
    for language in set(languages.values()):
        pages = [page for page in links if languages[page] == language]
        linked = pages_linked_from_each([[link.page for link in links[page]] for page in pages], language)
        with translation.override(language):
            for page, known in zip(pages, linked, strict=True):
                found[page] = tuple(
                    Label(link.begins, link.ends, shown.label_words)
                    for link in links[page]
                    if (shown := known.get(link.page)) and shown.label and not shown.is_page(page.pk)
                )
    return found


def _texts(entries: Sequence[tuple[int, str]]) -> dict[int, tuple[str, str, list[LinkedWords]]]:
    """Return the text of each of `entries` (id and digest), as it is and folded, with its links, by the ids; empty for
    one that there is not.

    An entry of a digest says the same for ever, so that nothing needs to be heard of to keep it.
    """
    loaded = _load_texts([entry for entry in entries if not is_kept(("text of hit", entry))])
    texts: dict[int, tuple[str, str, list[LinkedWords]]] = {pk: ("", "", []) for pk, _digest in entries}
    for entry in entries:
        with contextlib.suppress(SearchEntry.DoesNotExist):
            text, links = read_marks(once(("text of hit", entry), partial(_text, entry, loaded)))
            texts[entry[0]] = text, once(("folded text of hit", entry), partial(folded, text)), links
    return texts


def _text(entry: tuple[int, str], loaded: Mapping[tuple[int, str], str]) -> str:
    # It was kept a moment ago, or is another one by now, of which nothing is remembered.
    known = loaded if entry in loaded else _load_texts([entry])
    if entry not in known:
        raise SearchEntry.DoesNotExist
    return known[entry]


def _load_texts(entries: Sequence[tuple[int, str]]) -> dict[tuple[int, str], str]:
    if not entries:
        return {}
    found = SearchEntry.objects.filter(pk__in=[pk for pk, _digest in entries]).values_list("pk", "digest", "text")
    return {(pk, digest): text for pk, digest, text in found}


def _pages(pages: Sequence[int]) -> dict[int, Page]:
    """Return the pages of these ids, of those that there are; those that nobody keeps are asked for together."""
    loaded = _load([pk for pk in pages if not is_kept(_key(pk))])
    found = {}
    for pk in pages:
        with contextlib.suppress(Page.DoesNotExist):
            found[pk] = _page(pk, loaded.get(pk))
    return found


def _page(pk: int, loaded: Page | None) -> Page:
    """Return a page as it is kept, or `loaded`. Nobody may change it."""

    def ask() -> Page:
        # It was kept a moment ago, or is not there, of which nothing is remembered.
        if (page := loaded or _load([pk]).get(pk)) is None:
            raise Page.DoesNotExist
        return page

    shows = [] if loaded is None else [loaded, *([loaded.sponsor] if isinstance(loaded, PartnerArticlePage) else [])]
    return once(_key(pk), ask, shows)


def _load(pages: Sequence[int]) -> dict[int, Page]:
    if not pages:
        return {}
    articles = PartnerArticlePage.objects.filter(pk__in=pages).defer("body").order_by()
    found: dict[int, Page] = {article.pk: article for article in with_sponsors(articles)}
    if others := [pk for pk in pages if pk not in found]:
        found |= {page.pk: page for page in Page.objects.filter(pk__in=others).defer_streamfields().specific()}
    return found


def _key(pk: int) -> tuple[str, int]:
    return "hit", pk


def marked(text: str, query: SearchQuery) -> SafeString:
    """Return composed `text` as HTML, escaped, with each place that answers `query` in a <mark>."""
    return as_phrases(_parts(text, query), ())


def extract(text: str, query: SearchQuery, plain: str, labels: Sequence[Label] = ()) -> str:
    """Return the part of `text`, which is `plain` when it is folded, around the first place that answers `query`; its
    beginning where there is none.

    Each of `labels` stands before its words, of which none are shown without those that they begin with.
    """
    beginning = text[:400]
    around = HAN_AROUND if not beginning.isascii() and len(HAN_RUN.findall(beginning)) > 5 else LATIN_AROUND
    first = _first_place(plain, query)
    start = max(0, first - around // 3)
    if start:
        # From the beginning of a word, where words have spaces between them.
        gap = text.find(" ", start, first)
        start = gap + 1 if gap >= 0 else start
    end = min(len(text), start + around)
    if end < len(text):
        gap = text.rfind(" ", start + around // 2, end)
        end = gap if gap >= 0 else end
    start = min((label.begins for label in labels if label.begins < start < label.ends), default=start)
    shown, at = "", start
    for label in labels:
        if start <= label.begins < end:
            shown, at = f"{shown}{text[at : label.begins]}{label.words}", label.begins
    return f"{'… ' if start else ''}{(shown + text[at:end]).strip(' ·')}{' …' if end < len(text) else ''}"


def _parts(text: str, query: SearchQuery) -> list[tuple[str, bool]]:
    """Return the parts of `text` in order, each with whether it answers `query`."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for start, end in _places(text, query):
        parts += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [*parts, (text[at:], False)]


def _places(text: str, query: SearchQuery) -> list[tuple[int, int]]:
    """Return where in `text` a term of `query` stands, in order; touching and overlapping places are one."""
    # Folding keeps the length: a place in the folded text is the same place in the text.
    plain = folded(text)
    found = sorted(match.span() for pattern in _patterns(query) for match in pattern.finditer(plain))
    if len(found) < 2:
        return found
    places = [found[0]]
    for _before, (start, end) in pairwise(found):
        if start <= places[-1][1]:
            places[-1] = (places[-1][0], max(end, places[-1][1]))
        else:
            places.append((start, end))
    return places


def _first_place(plain: str, query: SearchQuery) -> int:
    """Return where the first of `_places` begins, 0 without one: most of a text need not be looked through for that."""
    found = (pattern.search(plain) for pattern in _patterns(query))
    return min((match.start() for match in found if match), default=0)


@lru_cache(maxsize=64)
def _patterns(query: SearchQuery) -> list[re.Pattern[str]]:
    """Return a pattern for each term of `query`, in folded text."""
    stems = [re.escape(_stem(word)) for word in query.words]
    # What no letter may stand before comes first, since letters alone are looked for quickly.
    found = [re.escape(run) for run in query.runs] + [rf"{stem}(?<!\w{stem})\w*" for stem in stems]
    return [re.compile(pattern) for pattern in found]


def _stem(word: str) -> str:
    """Return `word` without an English ending, roughly as the database's stemmer does."""
    stem = _ENDING.sub("", word)
    return stem if len(stem) >= SHORTEST_STEM else word
