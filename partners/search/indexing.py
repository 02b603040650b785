"""Who writes what a search finds? A job, right after a page is published, and a sweep for what no job reached."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import F, Q, prefetch_related_objects
from django.utils import timezone
from wagtail.models import Page
from wagtail.query import PageQuerySet

from partners.articles.article_page import PartnerArticlePage
from partners.articles.listing import with_sponsors
from partners.search.entry import SearchEntry
from partners.search.folding import pairs, pieces
from partners.search.linked_words import without_marks
from partners.search.texts import LONGEST_TEXT, SearchTexts, searched_kinds, texts_of

logger = logging.getLogger(__name__)

# Latin words that a mistyped one may stand for.
SHORTEST_WORD, LONGEST_WORD = 4, 40
PAGES_AT_ONCE = 100

# One part of a vector: words are stemmed as English, Chinese characters stand in pairs, as they are.
_PART = "setweight(to_tsvector('english', %s) || to_tsvector('simple', %s), '{weight}')"
# What the index narrows by (`lexemes`), of the row itself.
_NARROWING = "partners_search_lexemes(%s, %s, %s, %s, %s)"
_TITLE = " || ".join([*(_PART.format(weight=weight) for weight in "AB"), _NARROWING])
_ALL = " || ".join([*(_PART.format(weight=weight) for weight in "ABCD"), _NARROWING])
_WRITE = f"""
INSERT INTO partners_searchentry (page_id, locale_id, translation_key, partner_id, disclosure, topics, date, text,
    digest, published_at, title_vector, vector)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, {_TITLE}, {_ALL})
ON CONFLICT (page_id) DO UPDATE SET (locale_id, translation_key, partner_id, disclosure, topics, date, text,
    digest, published_at, title_vector, vector) = (excluded.locale_id, excluded.translation_key, excluded.partner_id,
    excluded.disclosure, excluded.topics, excluded.date, excluded.text, excluded.digest, excluded.published_at,
    excluded.title_vector, excluded.vector)
"""  # noqa: S608  nothing but the parts above
_LEARN = """
INSERT INTO partners_searchword (word, pages, titles)
SELECT * FROM unnest(%s::text[], %s::integer[], %s::integer[]) ORDER BY 1
ON CONFLICT (word) DO UPDATE SET pages = least(partners_searchword.pages + excluded.pages, 2000000000),
    titles = least(partners_searchword.titles + excluded.titles, 2000000000)
"""


def index_pages(pages: Iterable[Page]) -> int:
    """Write the entries of `pages` (of their specific kinds, published); return how many had changed.

    An entry that already says what the page says is only marked as looked at.
    """
    found = list(pages)
    _load(found)
    known = dict(SearchEntry.objects.filter(pk__in=[page.pk for page in found]).values_list("pk", "digest"))
    texts = {page: texts_of(page) for page in found}
    digests = {page: texts[page].digest() for page in found}
    changed = [page for page in found if known.get(page.pk) != digests[page]]
    words: Counter[str] = Counter()
    titles: Counter[str] = Counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for page in found:
            if page not in changed:
                SearchEntry.objects.filter(pk=page.pk).update(published_at=page.last_published_at)
        # The database works on one row while the next is made.
        rows: Any = (_row(page, texts[page], digests[page], words, titles) for page in changed)
        cursor.executemany(_WRITE, rows)
        if words:
            cursor.execute(_LEARN, [list(words), list(words.values()), [titles[word] for word in words]])
    return len(changed)


def index_page(page_id: int) -> None:
    """Write the entry of one page, and of what names it: a partner's articles carry its name.

    A page that is gone, not published, or of a kind that is not searched, loses its entry.
    """
    page = _searchable().filter(pk=page_id).first()
    if page is None:
        SearchEntry.objects.filter(pk=page_id).delete()
        return
    index_pages([page.specific])
    entries = SearchEntry.objects.filter(partner=page_id).exclude(pk=page_id).values_list("pk", flat=True)
    _index_keys(list(entries))


def index_topic(topic_id: int) -> None:
    """Write the entries of the articles of a topic, which carry its name."""
    _index_keys(list(SearchEntry.objects.filter(topics__contains=[topic_id]).values_list("pk", flat=True)))


def _index_keys(keys: list[int], report: Callable[[int], None] | None = None) -> int:
    for start in range(0, len(keys), PAGES_AT_ONCE):
        some = keys[start : start + PAGES_AT_ONCE]
        pages = {page.pk: page for page in _searchable().filter(pk__in=some).specific()}
        # In their order, so that entries are written in it.
        index_pages(pages[key] for key in some if key in pages)
        if report:
            report(min(start + PAGES_AT_ONCE, len(keys)))
    return len(keys)


def index_missing(report: Callable[[int], None] | None = None) -> int:
    """Write entries of published pages that have none, or one of an older publication; return how many there were.

    `report` is told now and then how many are read. Entries of pages that are not published any more are deleted; none
    of them was found in the meantime.
    """
    SearchEntry.objects.filter(page__live=False).delete()
    entries = SearchEntry.objects.all()
    current = entries.filter(
        Q(published_at=F("page__last_published_at")) | Q(published_at=None, page__last_published_at=None)
    )
    # The newest first, which readers look for most; and entries that lie in the order of their dates are found by fewer
    # steps (docs/search.md).
    newest_first = F("partnerarticlepage__publication_date").desc(nulls_first=True), "-pk"
    # Asked for once: with many pages, finding the next hundred would take as long as writing them.
    behind = _searchable().exclude(pk__in=current.values("pk")).order_by(*newest_first)
    return _index_keys(list(behind.values_list("pk", flat=True)), report)


def _searchable() -> PageQuerySet[Page]:
    kinds = ContentType.objects.get_for_models(*searched_kinds()).values()
    return Page.objects.live().filter(content_type__in=kinds)


def _load(pages: list[Page]) -> None:
    """Load what the texts of articles are made from, by two queries however many they are."""
    articles = [page for page in pages if isinstance(page, PartnerArticlePage)]
    with_sponsors(articles)
    prefetch_related_objects(articles, "topics")


def _row(page: Page, texts: SearchTexts, digest: str, words_met: Counter[str], titles_met: Counter[str]) -> list[Any]:
    """Return the parameters of _WRITE for one entry; words that a reader may mistype are counted in `words_met`, and
    those of its title and names in `titles_met`.
    """
    body = without_marks(texts.body)
    parts = [pieces(part[:LONGEST_TEXT]) for part in (texts.title, texts.names, texts.summary, body)]
    vectors: list[str] = []
    for words, runs in parts:
        vectors += [" ".join(words), " ".join(pair for run in runs for pair in pairs(run))]
    for met, some in ((words_met, parts), (titles_met, parts[:2])):
        known = {word for words, _runs in some for word in words}
        met.update(word for word in known if SHORTEST_WORD <= len(word) <= LONGEST_WORD and word.isalpha())
    day, topics = texts.date or timezone.localdate(), list(texts.topics)
    narrowing = [day, page.locale_id, texts.partner_id, texts.disclosure, topics]
    return [
        page.pk,
        page.locale_id,
        page.translation_key,
        texts.partner_id,
        texts.disclosure,
        topics,
        day,
        texts.shown,
        digest,
        page.last_published_at,
        *vectors[:4],
        *narrowing,
        *vectors,
        *narrowing,
    ]
