"""Who writes what a search finds? A job, right after a page is published, and a sweep for what no job reached."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from wagtail.models import Page
from wagtail.query import PageQuerySet

from partners.articles.article_page import PartnerArticlePage
from partners.articles.listing import with_sponsors
from partners.articles.restrictions import private_paths
from partners.search.entry import SearchDue, SearchEntry
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
_LOOKED_AT = "UPDATE partners_searchentry SET published_at = %s WHERE page_id = %s"
_LEARN = """
INSERT INTO partners_searchword (word, pages, titles)
SELECT * FROM unnest(%s::text[], %s::integer[], %s::integer[]) ORDER BY 1
ON CONFLICT (word) DO UPDATE SET pages = least(partners_searchword.pages + excluded.pages, 2000000000),
    titles = least(partners_searchword.titles + excluded.titles, 2000000000)
"""


def index_pages(pages: Iterable[Page]) -> int:
    """Write the entries of `pages` (of their specific kinds, published); return how many had changed.

    An entry that already says what the page says is only marked as looked at. A page that is deleted meanwhile is left
    out. Raises IntegrityError where that is not what the database refuses.
    """
    # Two that write the same entries take them in one order, so neither waits for what the other holds.
    found = sorted(pages, key=lambda page: page.pk)
    _load(found)
    texts = {page: texts_of(page) for page in found}
    try:
        return _write(texts)
    except IntegrityError:
        # Known when the transaction ends. The pages are not locked before: whoever deletes one begins with its entry,
        # and each would wait for the other.
        there = set(Page.objects.filter(pk__in=[page.pk for page in found]).values_list("pk", flat=True))
        if len(there) == len(found):
            raise
        return _write({page: texts[page] for page in found if page.pk in there})


def _write(texts: dict[Page, SearchTexts]) -> int:
    """Write the entries of pages that say `texts`, in the order that these have; return how many had changed."""
    entries = SearchEntry.objects.filter(pk__in=[page.pk for page in texts])
    known = {key: (digest, published) for key, digest, published in entries.values_list("pk", "digest", "published_at")}
    digests = {page: texts[page].digest() for page in texts}
    changed = {page for page in texts if known.get(page.pk, ("",))[0] != digests[page]}
    # What is right in all is left alone: an entry is written as a whole, indexes included, whatever of it changes.
    written = [page for page in texts if known.get(page.pk) != (digests[page], page.last_published_at)]
    words: Counter[str] = Counter()
    titles: Counter[str] = Counter()
    # Of a page that is for some readers only nothing is learnt: nobody else shall find out which words it has.
    private, nothing = tuple(private_paths()), (Counter[str](), Counter[str]())
    with transaction.atomic(), connection.cursor() as cursor:
        for is_changed, some in groupby(written, changed.__contains__):
            # The database works on one row while the next is made.
            rows: Any
            if is_changed:
                met = ((page, nothing if page.path.startswith(private) else (words, titles)) for page in some)
                rows = (_row(page, texts[page], digests[page], *of_page) for page, of_page in met)
                cursor.executemany(_WRITE, rows)
            else:
                rows = ([page.last_published_at, page.pk] for page in some)
                cursor.executemany(_LOOKED_AT, rows)
        if words:
            cursor.execute(_LEARN, [list(words), list(words.values()), [titles[word] for word in words]])
    return len(changed)


def index_page(page_id: int) -> None:
    """Write the entry of one page, and of what names it: a partner's articles carry its name.

    A page that is gone, not published, or of a kind that is not searched, loses its entry.
    """
    _index_due(SearchDue.objects.filter(page_id=page_id), pages=[page_id])


def index_topic(topic_id: int) -> None:
    """Write the entries of the articles of a topic, which carry its name, or carried it until it was deleted."""
    _index_due(SearchDue.objects.filter(topic_id=topic_id), topics=[topic_id])


def _index_due(due: QuerySet[SearchDue], pages: Iterable[int] = (), topics: Iterable[int] = ()) -> None:
    """Write what is due because of `pages` and `topics`, and of those that `due` names; only then is it not due."""
    # Read before any page is: a change that comes after that has a row of its own, and is due once more.
    rows = list(due)
    pages = {*pages, *(row.page_id for row in rows if row.page_id)}
    topics = {*topics, *(row.topic_id for row in rows if row.topic_id)}
    found = list(_searchable().filter(pk__in=pages).values_list("pk", flat=True)) if pages else []
    SearchEntry.objects.filter(pk__in=pages.difference(found)).delete()
    naming = SearchEntry.objects.none()
    if found:
        naming = SearchEntry.objects.filter(partner__in=found)
    if topics:
        naming |= SearchEntry.objects.filter(topics__overlap=list(topics))
    # The pages themselves first, which somebody has just published.
    _index_keys(list(dict.fromkeys([*found, *naming.values_list("pk", flat=True)])))
    SearchDue.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _index_keys(keys: list[int], report: Callable[[int], None] | None = None) -> int:
    for start in range(0, len(keys), PAGES_AT_ONCE):
        some = keys[start : start + PAGES_AT_ONCE]
        pages = {page.pk: page for page in _searchable().filter(pk__in=some).specific()}
        index_pages(pages[key] for key in some if key in pages)
        if report:
            report(min(start + PAGES_AT_ONCE, len(keys)))
    return len(keys)


def index_missing(report: Callable[[int], None] | None = None) -> int:
    """Write entries of published pages that have none, or one of an older publication; return how many there were.
    What else is due is written after them.

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
    read = _index_keys(list(behind.values_list("pk", flat=True)), report)
    _index_due(SearchDue.objects.all())
    return read


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
