"""partners/search/windows.py: wherever pages are looked for first, the same are found."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction

from partners.articles.partner_campaign import Ending
from partners.search import windows
from partners.search.finding import find
from partners.search.indexing import index_missing
from partners.search.query import SearchQuery
from partners.search.windows import Narrowing
from tests import builders

pytestmark = pytest.mark.django_db


def found(text, **narrowing):
    locale = Locale.objects.get(language_code="en").pk
    return find(SearchQuery.of(text), locale, Narrowing(**narrowing), today=timezone.localdate())


@pytest.fixture
def many(site):
    """Give nine more articles about cranes, of one partner."""
    partner = site["cranes"].sponsor
    articles = [
        builders.article(partner, title=f"Sleepers, part {number}", standfirst="Cranes.") for number in range(9)
    ]
    index_missing()
    return articles


@pytest.mark.parametrize("read_first", [1, 3, 600])
@pytest.mark.parametrize("rare", [0, 10**9])
@pytest.mark.parametrize("is_narrowed", [False, True])
def test_the_same_is_found_whatever_is_read_first(many, monkeypatch, read_first, rare, is_narrowed):
    """`rare` is the share of which a word is common: none is, or all are."""
    monkeypatch.setattr(windows, "READ_FIRST", read_first)
    monkeypatch.setattr(windows, "READ_TITLES", read_first)
    monkeypatch.setattr(windows, "RARE", rare)
    narrowing = {"partners": (many[0].sponsor.pk,), "disclosures": (many[0].disclosure,)} if is_narrowed else {}
    assert {article.pk for article in many} < set(found("cranes", **narrowing).pages)
    assert set(found("sleepers", **narrowing).pages) == {article.pk for article in many}
    assert found("zebra", **narrowing).pages == []


def test_a_partners_pages_are_read_and_the_index_is_left_alone(many):
    found("so that it is known where the windows begin")
    with CaptureQueriesContext(connection) as made:
        found("cranes", partners=(many[0].sponsor.pk,), locale_id=many[0].locale_id)
    statements = [one["sql"] for one in made if "partners_searchentry" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {statements[-1]}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "search_newest_of_partner" in plan
    for index in ("search_all", "search_title"):
        assert plan.count(f"on {index} (never executed)") == plan.count(f"on {index} ") >= 1


@pytest.mark.parametrize(
    ("text", "any_term", "conditions"),
    [
        ("cranes", False, ["cran%"]),
        ("cranes harbour", False, ["cran%", "harbour%"]),
        ("unique77x", False, []),
        ("cranes 港口", False, ["cran%"]),
    ],
)
def test_how_common_the_words_are_is_asked(text, any_term, conditions):
    condition, words = windows._unless_rare(SearchQuery.of(text), any_term=any_term)
    assert words == conditions
    assert condition.count("%s") == len(words)


@pytest.mark.parametrize(
    ("text", "any_term"), [("港口", False), ("of", False), ("cranes 港口", True), ("cranes of", True)]
)
def test_of_what_nothing_is_known_is_read(text, any_term):
    assert windows._unless_rare(SearchQuery.of(text), any_term=any_term) == ("", [])


def test_what_is_for_some_readers_or_unlisted_is_not_found(many):
    PageViewRestriction.objects.create(page=many[0], restriction_type=PageViewRestriction.LOGIN)
    campaign = builders.campaign(many[1].sponsor, ending=Ending.UNLISTED)
    type(many[1]).objects.filter(pk=many[1].pk).update(partner_campaign=campaign)
    stays = builders.campaign(many[2].sponsor, ending=Ending.STAYS)
    type(many[2]).objects.filter(pk=many[2].pk).update(partner_campaign=stays)
    over = timezone.now() - timezone.timedelta(days=1)
    type(campaign).objects.update(starts_at=over - timezone.timedelta(days=9), ends_at=over)
    assert set(found("sleepers").pages) == {article.pk for article in many[2:]}
