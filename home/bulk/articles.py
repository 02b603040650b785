"""Where do 100,000 articles come from in some minutes? From those of the demo, with words drawn by chance."""

import json
import random
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex

from home.bulk.copies import copy_references, copy_rows
from home.bulk.words import Words, write
from partners.articles.article_page import PartnerArticlePage
from partners.articles.disclosure import Disclosure
from partners.articles.partner_page import PartnerPage
from partners.articles.topics import Topic

ARTICLES_AT_ONCE = 2_000
# Six in ten are English. The first partner of a language has a tenth of its articles; the last one's are all old.
LANGUAGES = {"en": 6, "zh-hant": 2, "zh-hans": 2}
PARTNERS = 200
TOPICS = 24
DAYS = 2400
PARTNER_SLUG, ARTICLE_SLUG, TOPIC_SLUG = "bulk-partner", "bulk-article", "bulk-topic"

_COLUMNS = (
    "id bigint, like_id bigint, path text, translation_key uuid, title text, slug text, url_path text, at timestamptz,"
    " day date, standfirst text, body jsonb, disclosure text"
)
_PAGE = """'id', made.id, 'path', made.path, 'translation_key', made.translation_key, 'title', made.title,
    'draft_title', made.title, 'slug', made.slug, 'url_path', made.url_path, 'seo_title', '', 'search_description', '',
    'latest_revision_id', NULL, 'live_revision_id', NULL, 'latest_revision_created_at', NULL, 'numchild', 0,
    'first_published_at', made.at, 'last_published_at', made.at, 'go_live_at', NULL, 'expire_at', NULL,
    'has_unpublished_changes', false, 'alias_of_id', NULL, 'locked', false"""
_ARTICLE = """'page_ptr_id', made.id, 'standfirst', made.standfirst, 'body', made.body, 'publication_date', made.day,
    'disclosure', made.disclosure, 'label_changed_at', NULL, 'source_digest', '', 'partner_campaign_id', NULL"""


class NothingToCopyError(LookupError):
    """The site has no published partner or article of a language, of which more could be made."""


@dataclass
class Below:
    """A page below which pages are made, with how many it has had."""

    path: str
    url_path: str
    depth: int
    children: int


@dataclass
class Bulk:
    """What is there to copy in one language, and what has been made of it."""

    language: str
    partner: PartnerPage
    like_ids: list[int]
    topics: list[int]
    chance: random.Random
    partners: list[Below] = field(default_factory=list)


def make_articles(count: int, report: Callable[[int], None]) -> None:
    """Make `count` articles in the languages' shares, of which the first has what cannot be divided, committed in
    steps; `report` is told how many there are.

    They belong to up to PARTNERS new partners a language, and have two topics or three each. Of the same site and
    `count`, the same articles are made. Raises NothingToCopyError where the demo is not loaded.
    """
    bulks = [_bulk(language) for language in LANGUAGES]
    shares = [count * weight // sum(LANGUAGES.values()) for weight in LANGUAGES.values()]
    shares[0] += count - sum(shares)
    done = 0
    for bulk, share in zip(bulks, shares, strict=True):
        if not share:
            continue
        _make_partners(bulk, min(PARTNERS, max(2, share // 10)))
        # Not how many there are: some may have been deleted since.
        there = _numbered(PartnerArticlePage.objects.filter(locale=bulk.partner.locale_id), ARTICLE_SLUG)
        before = max(there, default=0)
        for first in range(1, share + 1, ARTICLES_AT_ONCE):
            numbers = range(before + first, before + min(first + ARTICLES_AT_ONCE, share + 1))
            _make_some(bulk, numbers)
            done += len(numbers)
            report(done)


def _numbered(pages: Any, slug: str) -> dict[int, int]:
    """Return the keys of those of `pages` that were made under this slug and still have it, by their numbers."""
    named = re.compile(rf"{slug}-([0-9]+)", re.ASCII)
    found = pages.filter(slug__startswith=f"{slug}-").values_list("slug", "pk")
    return {int(match[1]): pk for has, pk in found if (match := named.fullmatch(has))}


def _bulk(language: str) -> Bulk:
    articles = PartnerArticlePage.objects.live().filter(locale__language_code=language)
    like_ids = list(articles.exclude(slug__startswith=ARTICLE_SLUG).order_by("pk").values_list("pk", flat=True))
    partner = PartnerPage.objects.live().filter(locale__language_code=language).order_by("pk").first()
    if partner is None or not like_ids:
        raise NothingToCopyError(language)
    # The worker may not have written yet what they refer to, which is copied with them.
    with transaction.atomic():
        for page in (partner, *PartnerArticlePage.objects.filter(pk__in=like_ids).iterator(ARTICLES_AT_ONCE)):
            ReferenceIndex.create_or_update_for_object(page)
    topics = [
        Topic.objects.get_or_create(
            locale_id=partner.locale_id, slug=f"{TOPIC_SLUG}-{number}", defaults={"name": f"Topic {number}"}
        )[0].pk
        for number in range(TOPICS)
    ]
    return Bulk(language, partner, like_ids, topics, random.Random(language))  # noqa: S311  nothing secret


def _make_partners(bulk: Bulk, count: int) -> None:
    """Make the partners that the language lacks; all of them are put into `bulk.partners`, with their children."""
    # Before their articles.
    begun = timezone.now() - timedelta(days=DAYS + 200)
    index = bulk.partner.get_parent()
    known = PartnerPage.objects.filter(locale=bulk.partner.locale_id)
    there = _numbered(known, PARTNER_SLUG)
    first = max(there, default=-1) + 1
    below = Below(index.path, index.url_path, index.depth, _last_step(index))
    rows = [
        _row(below, bulk.partner.pk, f"Bulk partner {number}", f"{PARTNER_SLUG}-{number}", begun)
        for number in range(first, first + count - len(there))
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        _fill(cursor, rows)
        copy_rows(cursor, "wagtailcore_page", "id", _PAGE)
        copy_rows(cursor, "partners_partnerpage", "page_ptr_id", "'page_ptr_id', made.id")
        copy_references(cursor)
        Page.objects.filter(pk=index.pk).update(numchild=index.numchild + len(rows))
    keys = [pk for _number, pk in sorted(_numbered(known, PARTNER_SLUG).items())[:count]]
    found = known.in_bulk(keys)
    for partner in (found[pk] for pk in keys):
        bulk.partners.append(Below(partner.path, partner.url_path, partner.depth, _last_step(partner)))


def _last_step(page: Page) -> int:
    """Return the number of the last child's step below `page`, 0 without children."""
    last = page.get_last_child()
    return Page._str2int(last.path[-Page.steplen :]) if last else 0


def _make_some(bulk: Bulk, numbers: range) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        _fill(cursor, _article_rows(bulk, numbers))
        copy_rows(cursor, "wagtailcore_page", "id", _PAGE)
        copy_rows(cursor, "partners_partnerarticlepage", "page_ptr_id", _ARTICLE)
        copy_references(cursor)
        # The first topic is half of the articles', each of the others about a tenth's; the two are never the same.
        cursor.execute(
            """INSERT INTO partners_partnerarticlepage_topics (partnerarticlepage_id, topic_id)
            SELECT id, (%(topics)s::bigint[])[1] FROM made WHERE id %% 2 = 0
            UNION SELECT id, (%(topics)s::bigint[])[2 + id %% %(others)s] FROM made
            UNION SELECT id, (%(topics)s::bigint[])[2 + (id + 1 + id / %(others)s %% (%(others)s - 1)) %% %(others)s]
                FROM made""",
            {"topics": bulk.topics, "others": TOPICS - 1},
        )
        cursor.execute(
            """UPDATE wagtailcore_page page SET numchild = page.numchild + counted.n
            FROM (SELECT left(path, -4) AS path, count(*) AS n FROM made GROUP BY 1) counted
            WHERE page.path = counted.path"""
        )


def _article_rows(bulk: Bulk, numbers: range) -> Iterator[tuple[Any, ...]]:
    now = timezone.now()
    kinds = list(Disclosure.values)
    for number in numbers:
        last = len(bulk.partners) - 1
        place = 0 if number % 10 == 0 else number * 7919 % (last + 1)
        at = now - timedelta(days=DAYS + 100 if place == last else number * 37 % DAYS)
        like = bulk.like_ids[number % len(bulk.like_ids)]
        words = write(bulk.language, number, bulk.chance)
        kind = kinds[number % len(kinds)]
        yield _row(bulk.partners[place], like, words.title, f"{ARTICLE_SLUG}-{number}", at, words, kind)


def _row(
    below: Below, like: int, title: str, slug: str, at: datetime, words: Words | None = None, disclosure: str = ""
) -> tuple[Any, ...]:
    """Return a row of `made`, whose id the database gives."""
    below.children += 1
    path = Page._get_path(below.path, below.depth + 1, below.children)
    noon = datetime.combine(timezone.localtime(at).date(), time(12), tzinfo=timezone.get_current_timezone())
    # In the morning, today's noon is still to come.
    moment = min(noon, timezone.now())
    body = [
        {"type": "paragraph", "value": f"<p>{said}</p>", "id": str(uuid.uuid4())}
        for said in (words.paragraphs if words else ())
    ]
    told = (words.standfirst if words else "", json.dumps(body, ensure_ascii=False), disclosure)
    return (like, path, uuid.uuid4(), title, slug, f"{below.url_path}{slug}/", moment, noon.date(), *told)


def _fill(cursor: Any, rows: Any) -> None:
    """Make `made` of `rows`, with the keys that the pages will have."""
    cursor.execute("DROP TABLE IF EXISTS made")
    cursor.execute(f"CREATE TEMPORARY TABLE made ({_COLUMNS}) ON COMMIT DROP")
    cursor.execute("ALTER TABLE made ALTER id SET DEFAULT nextval(pg_get_serial_sequence('wagtailcore_page', 'id'))")
    names = ", ".join(column.split()[0] for column in _COLUMNS.split(", ")[1:])
    with cursor.copy(f"COPY made ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
