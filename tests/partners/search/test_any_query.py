"""partners/search/finding.py: whatever is asked, and wherever is looked first, the newest that match are found."""

import random
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction

from partners.articles.article_page import PartnerArticlePage
from partners.articles.partner_campaign import Ending
from partners.articles.partner_page import PartnerPage
from partners.articles.topics import Topic
from partners.search import experience, finding, known_words, windows
from partners.search.entry import SearchEntry, SearchWord
from partners.search.lexemes import Narrowing
from partners.search.query import SearchQuery
from tests import builders

pytestmark = pytest.mark.django_db

CHINESE = ["前海", "港口金融區", "海", "港", "金融", "稅務", "前海 港口"]
QUERIES = 150


@pytest.fixture(scope="module")
def kept_bulk(rows_kept):
    """Ninety articles of three languages, of which nobody may read a third."""
    partners = [builders.partner(f"Tidewater {language}", language) for language in ("en", "zh-hant", "zh-hans")]
    for partner in partners:
        builders.article(partner, title="前海企業" if partner.locale.language_code != "en" else "Cranes that lift")
    call_command("make_bulk", "90", stdout=StringIO())
    chance = random.Random(1)
    pages = chance.sample(list(PartnerArticlePage.objects.live().values_list("pk", flat=True)), 30)
    over = timezone.now() - timezone.timedelta(days=1)
    campaign = builders.campaign(partners[0], ending=Ending.UNLISTED)
    type(campaign).objects.update(starts_at=over - timezone.timedelta(days=9), ends_at=over)
    # As they are before the worker has taken their entries away.
    Page.objects.filter(pk__in=pages[:10]).update(live=False)
    PartnerArticlePage.objects.filter(pk__in=pages[10:20]).update(partner_campaign=campaign)
    for page_id in pages[20:]:
        PageViewRestriction.objects.create(page_id=page_id, restriction_type=PageViewRestriction.LOGIN)
    return frozenset(pages)


def places(chance, monkeypatch):
    """Look anywhere first, and take any word for common or rare."""
    reading = chance.choice([250, 20, 3])
    for module, name, value in (
        (windows, "NEWEST_FIRST", chance.choice([(600, 1_500, 12_000), (10, 30, 60), (5, 20, 90), (0, 0, 0)])),
        (windows, "READ_FIRST", chance.choice([600, 50, 5])),
        (windows, "READ_EXACT", chance.choice([100, 10, 2])),
        (windows, "READ_TITLES", reading),
        (windows, "READ_ON_TITLES", max(reading, chance.choice([1_500, 100, 10]))),
        (known_words, "RARE", chance.choice([0, 6, 10**9])),
        (known_words, "RARE_IN_TITLES", chance.choice([0, 25, 10**9])),
        (known_words, "FEW_TITLES", chance.choice([0, 5, 10**9])),
        (finding, "NEWEST_BY_TITLE", chance.choice([60, 8, 1])),
        (finding, "NEWEST_BY_TEXT", chance.choice([60, 8, 1])),
    ):
        monkeypatch.setattr(module, name, value)
    cache.clear()
    experience._places.clear()


def matching(vector, query, narrowing, closed, **how):
    """Return translation keys by the pages that match and may be read, the newest first, by reading all."""
    tsquery, terms = query.tsquery(**how)
    columns, values = narrowing.columns()
    if narrowing.partners is not None:
        columns, values = f"{columns}{' AND ' if columns else ''}partner_id = ANY(%s)", [*values, [*narrowing.partners]]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT page_id, translation_key::text FROM partners_searchentry"
            f" WHERE {vector} @@ {tsquery} {f'AND {columns}' if columns else ''} ORDER BY date DESC, page_id DESC",
            [*terms, *values],
        )
        return {page_id: key for page_id, key in cursor.fetchall() if page_id not in closed}


def first(many, number):
    return set(list(many.values())[:number])


@pytest.mark.parametrize("seed", range(4))
def test_the_newest_that_match_are_found(kept_bulk, monkeypatch, seed):
    """Also by whoever remembers in which window they were."""
    monkeypatch.setattr(experience, "may_keep", lambda: True)
    chance = random.Random(seed)
    words = list(SearchWord.objects.order_by("word").values_list("word", flat=True))
    words = [
        *chance.sample(words, 100),
        *SearchWord.objects.order_by("-pages", "word").values_list("word", flat=True)[:50],
    ]
    locales = list(Locale.objects.order_by("pk").values_list("pk", flat=True))
    partners = list(PartnerPage.objects.order_by("pk").values_list("pk", flat=True))
    topics = list(Topic.objects.order_by("pk").values_list("pk", flat=True))
    kinds = sorted(set(SearchEntry.objects.exclude(disclosure="").values_list("disclosure", flat=True)))
    found_any = 0
    for _ in range(QUERIES):
        places(chance, monkeypatch)
        terms = (
            chance.choices(words, k=chance.choice([1, 1, 1, 2])) if chance.random() < 0.7 else [chance.choice(CHINESE)]
        )
        if chance.random() < 0.1:
            terms[-1] = terms[-1][: chance.randint(1, 5)]
        query, any_term = SearchQuery.of(" ".join(terms)), chance.random() < 0.2
        narrowing = Narrowing(
            locale_id=chance.choice(locales) if chance.random() < 0.2 else None,
            partners=tuple(chance.sample(partners, chance.choice([1, 2]))) if chance.random() < 0.25 else None,
            topics=(chance.choice(topics),) if chance.random() < 0.2 else None,
            disclosures=(chance.choice(kinds),) if chance.random() < 0.2 else (),
        )
        asked = f"{query.text!r} any={any_term} {narrowing} {windows.NEWEST_FIRST} {windows.READ_FIRST}"
        pages, again = (
            set(finding._find(query, locales[0], narrowing, timezone.localdate(), any_term=any_term).pages)
            for _first_and_again in range(2)
        )
        titles = matching("title_vector", query, narrowing, kept_bulk, any_term=any_term)
        texts = matching("vector", query, narrowing, kept_bulk, any_term=any_term)
        assert pages <= set(titles | texts), asked
        keys = {(titles | texts)[page_id] for page_id in pages}
        by_title = first(titles, finding.NEWEST_BY_TITLE)
        # Where enough have the words as they are, it is not asked what else the last one begins.
        whole = matching("vector", query, narrowing, kept_bulk, any_term=any_term, shortest_beginning=10**6)
        if keys != by_title | first(texts, finding.NEWEST_BY_TEXT):
            assert len(whole) >= finding.NEWEST_BY_TEXT, asked
            assert by_title <= keys, asked
        assert again == pages, asked
        found_any += bool(pages)
    assert found_any > QUERIES // 5
