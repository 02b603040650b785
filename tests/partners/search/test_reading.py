"""partners/search/windows.py: what is common is read for among the newest entries, and each thing once."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from partners.articles.partner_campaign import Ending
from partners.search import finding, known_words, windows
from partners.search.entry import SearchEntry
from partners.search.indexing import index_missing
from tests import builders
from tests.partners.search.plans import executed, found, parts_of, plan_of

pytestmark = pytest.mark.django_db
HOW = pytest.mark.parametrize("how", ["custom", "generic"])


@HOW
@pytest.mark.parametrize("text", ["前海", "稅", "cranes"])
def test_nothing_is_read_for_where_there_are_few(many, monkeypatch, how, text):
    """To be read in their order, all would be sorted, vectors and all."""
    monkeypatch.setattr(windows, "NEWEST_FIRST", (1_000,))
    cache.clear()
    plan = plan_of(text, how=how)
    assert "_read" not in plan
    assert executed(plan, "search_all") == executed(plan, "search_title") == 1


@pytest.fixture
def newest(many):
    """Give the nine articles, which are the newest now, the first of which speak of lighthouses."""
    for number, article in enumerate(many):
        if number < 6:
            article.standfirst = "燈塔燈塔。"
            article.save_revision().publish()
    index_missing()
    day = timezone.localdate() + timezone.timedelta(days=2)
    SearchEntry.objects.filter(pk__in=[article.pk for article in many]).update(date=day)
    SearchEntry.objects.filter(pk__in=[article.pk for article in many[:6]]).update(
        date=day + timezone.timedelta(days=1)
    )
    return many


@HOW
@pytest.mark.parametrize(("read_exact", "is_read"), [(1, False), (2, True), (4, True)])
def test_characters_that_stand_side_by_side_are_read_for_where_the_newest_have_them(
    newest, monkeypatch, how, read_exact, is_read
):
    monkeypatch.setattr(windows, "NEWEST_FIRST", (0, 1, 2))
    monkeypatch.setattr(windows, "READ_EXACT", read_exact)
    monkeypatch.setattr(finding, "NEWEST_BY_TEXT", 5)
    cache.clear()
    plan = plan_of("燈塔", how=how)
    assert (executed(plan, "search_all") == 0) == is_read
    assert len(found("燈塔").pages) == 5


@HOW
@pytest.mark.parametrize(("read_titles", "is_read"), [(1, False), (2, True), (4, True)])
def test_titles_are_read_on_where_the_newest_have_a_word(newest, monkeypatch, how, read_titles, is_read):
    """The index collects all titles with words that begin so."""
    monkeypatch.setattr(windows, "READ_TITLES", read_titles)
    monkeypatch.setattr(finding, "NEWEST_BY_TITLE", 5)
    monkeypatch.setattr(known_words, "FEW_TITLES", 0)
    plan = plan_of("sleep", how=how)
    assert (executed(plan, "search_title") == 0) == is_read


@HOW
def test_each_word_is_looked_up_once(many, how):
    assert executed(plan_of("cranes learn", how=how), "partners_searchword_pkey") == 2


@HOW
def test_pages_that_nobody_may_read_are_looked_for_among_those_alone(many, how):
    plan = plan_of("sleepers", how=how)
    assert executed(plan, "page_not_live") >= 2
    assert executed(plan, "wagtailcore_page_pkey") == 0


@HOW
def test_which_pages_a_partner_has_is_asked_once(many, how):
    """Each of them is looked at by its number then; of so few entries, any index that holds it costs the same."""
    parts = parts_of(plan_of("cranes", how=how, partners=(many[0].sponsor.pk,)))
    asked = [name for name, part in parts.items() if executed(part, "search_newest_of_partner")]
    assert asked[0] == "narrowed"
    assert executed(parts["narrowed"], "search_newest_of_partner") == 1
    assert {"newest", "title_vector_read", "title_vector_2", "title_vector_all", "vector_2"} & set(asked) == set()


@pytest.mark.parametrize("text", ["sleepers", "燈塔"])
@pytest.mark.parametrize(("rare", "is_of_partner"), [(0, False), (10**9, False), (0, True)])
def test_pages_that_nobody_may_read_leave_no_fewer_of_the_others(many, monkeypatch, text, rare, is_of_partner):
    """Of the newest, twelve are of a campaign that is over, and nine that are older are for everybody."""
    partner = many[0].sponsor
    over = timezone.now() - timezone.timedelta(days=1)
    campaign = builders.campaign(partner, ending=Ending.UNLISTED)
    type(campaign).objects.update(starts_at=over - timezone.timedelta(days=9), ends_at=over)
    day = timezone.localdate() + timezone.timedelta(days=2)
    for number in range(12):
        builders.article(
            partner,
            title=f"Sleepers, over {number}",
            standfirst="燈塔。",
            publication_date=day,
            partner_campaign=campaign,
        )
    for article in many:
        article.standfirst = "燈塔。"
        article.save_revision().publish()
    index_missing()
    monkeypatch.setattr(finding, "NEWEST_BY_TITLE", 5)
    monkeypatch.setattr(finding, "NEWEST_BY_TEXT", 5)
    monkeypatch.setattr(known_words, "RARE", rare)
    monkeypatch.setattr(known_words, "RARE_IN_TITLES", rare)
    monkeypatch.setattr(known_words, "FEW_TITLES", 0)
    pages = found(text, **({"partners": (partner.pk,)} if is_of_partner else {})).pages
    assert len(pages) == 5
    assert set(pages) < {article.pk for article in many}
