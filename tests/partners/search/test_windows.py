"""partners/search/windows.py: wherever pages are looked for first, the same are found."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction

from partners.articles.partner_campaign import Ending
from partners.search import finding, known_words, windows
from partners.search.entry import SearchEntry, SearchWord
from partners.search.indexing import index_missing
from partners.search.query import SearchQuery
from tests import builders
from tests.partners.search.plans import executed, found, parts_of, plan_of
from tests.partners.statements import statements

pytestmark = pytest.mark.django_db


def read(monkeypatch, first):
    """Read `first` entries one by one, and of titles and characters half as many before it is known how common they
    are.
    """
    monkeypatch.setattr(windows, "READ_FIRST", first)
    monkeypatch.setattr(windows, "READ_ON_TITLES", first)
    monkeypatch.setattr(windows, "READ_TITLES", -(-first // 2))
    monkeypatch.setattr(windows, "READ_EXACT", -(-first // 2))


@pytest.mark.parametrize("read_first", [1, 3, 6, 600])
@pytest.mark.parametrize("rare", [0, 10**9])
@pytest.mark.parametrize("few_titles", [0, 10**9])
@pytest.mark.parametrize("is_narrowed", [False, True])
def test_the_same_is_found_whatever_is_read_first(many, monkeypatch, read_first, rare, few_titles, is_narrowed):
    """`rare` is the share of which a word is common: none is, or all are."""
    read(monkeypatch, read_first)
    monkeypatch.setattr(known_words, "RARE", rare)
    monkeypatch.setattr(known_words, "RARE_IN_TITLES", rare)
    monkeypatch.setattr(known_words, "FEW_TITLES", few_titles)
    narrowing = {"partners": (many[0].sponsor.pk,), "disclosures": (many[0].disclosure,)} if is_narrowed else {}
    assert {article.pk for article in many} < set(found("cranes", **narrowing).pages)
    assert set(found("sleepers", **narrowing).pages) == {article.pk for article in many}
    assert found("zebra", **narrowing).pages == []


@pytest.mark.parametrize("read_first", [1, 6, 600])
@pytest.mark.parametrize("places", [(), (0, 1, 2), (2, 5, 9)])
@pytest.mark.parametrize(
    ("text", "narrowing"),
    [
        ("cranes", {}),
        ("cranes learn", {}),
        ("harbour", {}),
        ("learn zebra", {}),
        ("unique7x", {}),
        ("稅務", {}),
        ("前海", {}),
        ("稅", {}),
        ("前海 優惠", {}),
        ("cranes", {"language": "en"}),
        ("cranes", {"language": "en", "kind": True}),
        ("cranes", {"partner": True}),
        ("前海", {"language": "zh-hans"}),
    ],
)
def test_what_is_found_is_all_that_a_plain_query_finds(many, monkeypatch, read_first, places, text, narrowing):
    """Windows begin at `places` among the newest entries."""
    read(monkeypatch, read_first)
    monkeypatch.setattr(windows, "NEWEST_FIRST", places)
    cache.clear()
    asked, entries = {}, SearchEntry.objects.all()
    if language := narrowing.get("language"):
        asked["locale_id"] = Locale.objects.get(language_code=language).pk
        entries = entries.filter(locale=asked["locale_id"])
    if narrowing.get("kind"):
        asked["disclosures"] = (many[0].disclosure,)
        entries = entries.filter(disclosure=many[0].disclosure)
    if narrowing.get("partner"):
        asked["partners"] = (many[0].sponsor.pk,)
        entries = entries.filter(partner=many[0].sponsor.pk)
    query = SearchQuery.of(text)
    tsquery, terms = query.tsquery()
    matching = entries.filter(RawSQL(f"vector @@ {tsquery}", terms, BooleanField()), page__live=True)
    # Of a page and its translations one is found.
    keys = set(matching.values_list("translation_key", flat=True))
    answer = found(text, **asked)
    if answer.corrected or answer.is_loose:
        assert not keys
    else:
        assert set(SearchEntry.objects.filter(pk__in=answer.pages).values_list("translation_key", flat=True)) == keys
        assert set(answer.pages) <= set(matching.values_list("pk", flat=True))


HOW = pytest.mark.parametrize("how", ["custom", "generic"])


@pytest.mark.parametrize("text", ["the", "here", "to be or not to be"])
@pytest.mark.parametrize("places", [(), (2, 5, 9)])
@pytest.mark.parametrize("narrowing", [{}, {"language": "en"}, {"partner": True}])
def test_words_that_stand_in_every_page_find_none(many, monkeypatch, text, places, narrowing):
    """They are not in the index; asked for with a day or a language, they were that alone."""
    monkeypatch.setattr(windows, "NEWEST_FIRST", places)
    cache.clear()
    asked = {"locale_id": Locale.objects.get(language_code="en").pk} if narrowing.get("language") else {}
    if narrowing.get("partner"):
        asked["partners"] = (many[0].sponsor.pk,)
    assert found(text, **asked).pages == []


def test_words_that_stand_in_every_page_are_left_out_of_a_query(many):
    assert found("the sleepers").pages == found("sleepers").pages != []


@HOW
def test_a_partners_pages_are_read_and_the_index_is_left_alone(many, how):
    plan = plan_of("cranes", how=how, partners=(many[0].sponsor.pk,), locale_id=many[0].locale_id)
    for index in ("search_all", "search_title"):
        assert plan.count(f"on {index} (never executed)") == plan.count(f"on {index} ") >= 1


@HOW
@pytest.mark.parametrize(("few", "asked"), [(8, 2), (9, 1)])
def test_a_word_of_few_titles_is_found_by_the_index_at_once(many, monkeypatch, how, few, asked):
    """Nine titles have it. For more, those of the newest entries are asked for first."""
    monkeypatch.setattr(known_words, "FEW_TITLES", few)
    monkeypatch.setattr(known_words, "RARE_IN_TITLES", 0)
    plan = plan_of("sleepers", how=how)
    assert executed(plan, "search_title") == asked
    assert executed(plan, "search_newest_titles") == 0


@pytest.mark.parametrize(("text", "titles"), [("sleeper", 9), ("sleeping", 9), ("robotical", 1)])
def test_words_of_one_stem_are_as_common(many, monkeypatch, text, titles):
    """The index finds 'Robotics' for 'robotical' as well, however many titles have that name."""
    monkeypatch.setattr(known_words, "FEW_TITLES", titles - 1)
    monkeypatch.setattr(known_words, "RARE_IN_TITLES", 0)
    assert executed(plan_of(text), "search_title") == 2


@HOW
def test_for_a_word_of_no_page_nothing_is_collected_of_the_others(many, how):
    """Titles and texts are left alone; whether the word stands anywhere is asked for once."""
    plan = plan_of("cranes zebra", how=how)
    assert plan.count("on search_title (never executed)") == plan.count("on search_title ") >= 1
    assert plan.count("on search_all (never executed)") == plan.count("on search_all ") - 1


def test_a_word_that_the_table_of_words_lacks_is_found(many):
    SearchWord.objects.all().delete()
    assert {article.pk for article in many} < set(found("cranes").pages)
    assert {article.pk for article in many} == set(found("sleepers part").pages)


def test_where_enough_pages_have_a_word_the_index_is_not_asked_what_else_it_begins(many, monkeypatch):
    """It collects all entries that have such words, whatever window is asked for."""
    monkeypatch.setattr(windows, "NEWEST_FIRST", (0, 8, 10))
    monkeypatch.setattr(known_words, "RARE", 0)
    monkeypatch.setattr(finding, "NEWEST_BY_TEXT", 5)
    cache.clear()
    parts = parts_of(plan_of("sleepers crane"))
    asked = [name for name, part in parts.items() if "on search_all (actual" in part]
    assert asked == ["vector_1"]
    with statements() as made:
        found("sleepers crane")
    (one,) = (one for one in made if "ts_rank" in one.sql)
    sql = one.sql.partition("\nvector_1 AS MATERIALIZED")[2].partition("\nvector_2 AS")[0]
    assert "SELECT query FROM asked_1" in sql
    before, _name, asked_1 = one.sql.partition("\nasked_1 AS MATERIALIZED")
    number = before.count("%s")
    values = one.values[number : number + asked_1.partition(") asked\n")[0].count("%s")]
    assert values[-2:] == ["sleepers", "crane"]


@pytest.mark.parametrize("text", ["sleepers crane", "前海港口", "海"])
def test_what_is_asked_is_worked_out_once_and_not_for_each_entry(many, text):
    parts = parts_of(plan_of(text, how="generic"))
    # Whether a word stands anywhere is asked of the index alone, and only where the table of words lacks it.
    windows_of = "\n".join(part for name, part in parts.items() if name != "known")
    of_each = [line for line in windows_of.splitlines() if "Filter: " in line or "Recheck Cond: " in line]
    assert [line for line in of_each if "@@" in line] != []
    assert [line for line in of_each if "to_tsquery" in line] == []


def test_a_partners_newest_pages_are_read_in_the_order_of_an_index(many):
    with connection.cursor() as cursor:
        # As few as they are here, it would sort them.
        cursor.execute("SET LOCAL enable_sort = off")
    narrowed = parts_of(plan_of("cranes", partners=(many[0].sponsor.pk,)))["narrowed"]
    assert "using search_newest_of_partner" in narrowed
    assert "Sort" not in narrowed


@pytest.mark.usefixtures("one_by_one")
def test_of_a_partner_in_each_language_the_newest_are_read_by_an_index_alone(many, monkeypatch):
    monkeypatch.setattr(windows, "READ_FIRST", 4)
    partners = [builders.partner(f"Tidewater {language}", language) for language in ("en", "zh-hant", "zh-hans")]
    narrowed = parts_of(plan_of("cranes", partners=(many[0].sponsor.pk, *(one.pk for one in partners))))["narrowed"]
    scans = re.findall(r"(\w[\w ]+) using search_newest_of_partner .*rows=([\d.]+) loops=1", narrowed)
    assert scans == [("Index Only Scan", "4.00"), *[("Index Only Scan", "0.00")] * 3]


def test_of_a_partner_who_has_just_been_deleted_nothing_is_found(many):
    assert found("cranes", partners=()).pages == []


@HOW
@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize("narrowing", ["partner", "partner and kind"])
def test_of_a_partners_pages_no_more_are_looked_at_than_are_wanted(many, monkeypatch, how, narrowing):
    monkeypatch.setattr(finding, "NEWEST_BY_TEXT", 3)
    by_kind = {"disclosures": (many[0].disclosure,)} if narrowing == "partner and kind" else {}
    read = parts_of(plan_of("cranes", how=how, partners=(many[0].sponsor.pk,), **by_kind))["vector_read"]
    # The newest is the partner's own page, which does not have the word.
    assert re.findall(r"using \S+ on partners_searchentry \S+ \(actual .* loops=(\d+)\)", read) == ["4"]


@HOW
@pytest.mark.usefixtures("one_by_one")
def test_no_text_is_looked_at_that_does_not_fit_what_narrows(many, monkeypatch, how):
    monkeypatch.setattr(known_words, "RARE", 10**9)
    hant = Locale.objects.get(language_code="zh-hant").pk
    read = parts_of(plan_of("cranes", how=how, locale_id=hant))["vector_read"]
    looked_at = re.findall(r"using \S+ on partners_searchentry \S+ \(actual .* loops=(\d+)\)", read)
    assert looked_at == [str(SearchEntry.objects.filter(locale_id=hant).count())]


@HOW
def test_reading_ends_with_what_is_wanted(many, monkeypatch, how):
    """No entry behind the last one that is wanted is read, nor copied."""
    monkeypatch.setattr(finding, "NEWEST_BY_TITLE", 3)
    monkeypatch.setattr(finding, "NEWEST_BY_TEXT", 3)
    monkeypatch.setattr(known_words, "RARE", 10**9)
    monkeypatch.setattr(known_words, "FEW_TITLES", 0)
    plan = plan_of("sleepers", how=how)
    newest = list(SearchEntry.objects.order_by("-date", "-page").values_list("pk", flat=True))
    third = sorted(newest.index(article.pk) for article in many)[2]
    lines = [line for line in plan.splitlines() if re.search("using search_newest_(first|titles)", line)]
    assert third + 1 < len(newest)
    assert [f"rows={third + 1}.00" in line for line in lines if "never executed" not in line] == [True, True]


def test_long_vectors_lie_in_the_entries_themselves(many):
    """Sixty of them are weighed; elsewhere, each would be some blocks more to read."""
    text = " ".join(f"word{number}x{number * 7919}" for number in range(150))
    for article in many[:3]:
        article.standfirst = text
        article.save_revision().publish()
    index_missing()
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(pg_column_size(vector)) FROM partners_searchentry")
        assert cursor.fetchone()[0] > 2_500
        cursor.execute(
            "SELECT reltoastrelid::regclass::text FROM pg_class WHERE oid = 'partners_searchentry'::regclass"
        )
        [(elsewhere,)] = cursor.fetchall()
        # Not its size: what other tests have taken back takes up room as well.
        cursor.execute(f"SELECT count(*) FROM {elsewhere}")
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize(
    ("text", "any_term", "is_common", "is_possible"),
    [
        ("cranes", False, "least(word_0.pages) *", "word_0.pages > 0"),
        ("cranes harbour", False, "least(word_0.pages, word_1.pages) *", "word_0.pages > 0"),
        ("cranes harbour", True, "greatest(word_0.pages, word_1.pages) *", "true AS is_possible"),
        ("unique77x", False, "false AS is_common", "true AS is_possible"),
        ("cranes unique77x", False, "false AS is_common", "word_0.pages > 0"),
        ("cranes 港口", False, "least(word_0.pages) *", "word_0.pages > 0"),
        ("cranes 港口", True, "true AS is_common", "true AS is_possible"),
        ("cranes of", True, "true AS is_common", "true AS is_possible"),
    ],
)
def test_what_is_known_of_the_words_is_asked(text, any_term, is_common, is_possible):
    known, parameters = known_words.known(SearchQuery.of(text), any_term=any_term)
    assert is_common in known
    assert is_possible in known
    assert known.count("%s") == len(parameters)


@pytest.mark.parametrize("text", ["港口", "of"])
def test_of_some_words_nothing_is_known(text):
    assert known_words.known(SearchQuery.of(text), any_term=False) == ("", [])


def test_what_is_for_some_readers_or_unlisted_is_not_found(many):
    PageViewRestriction.objects.create(page=many[0], restriction_type=PageViewRestriction.LOGIN)
    campaign = builders.campaign(many[1].sponsor, ending=Ending.UNLISTED)
    type(many[1]).objects.filter(pk=many[1].pk).update(partner_campaign=campaign)
    stays = builders.campaign(many[2].sponsor, ending=Ending.STAYS)
    type(many[2]).objects.filter(pk=many[2].pk).update(partner_campaign=stays)
    over = timezone.now() - timezone.timedelta(days=1)
    type(campaign).objects.update(starts_at=over - timezone.timedelta(days=9), ends_at=over)
    assert set(found("sleepers").pages) == {article.pk for article in many[2:]}
