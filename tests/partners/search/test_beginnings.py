"""partners/search/query.py: what is suggested stays while a word is typed to its end."""

import re

import pytest
from django.db import connection
from wagtail.models import Locale, Page, PageViewRestriction

from partners.search.finding import suggest
from partners.search.indexing import index_missing
from partners.search.query import SearchQuery
from tests import builders
from tests.partners.search.plans import found
from tests.partners.statements import statements

pytestmark = pytest.mark.django_db

TITLES = (
    "Shipping by night",
    "Warehousing for growers",
    "Robotics at the quay",
    "Canals, and those who dig them",
    "Heritage trams",
    "Cities that are dying",
    "Companies and their keepers",
    "Companions at sea",
    "Relational databases",
    "Cafés of Zürich",
    "Usage of 5G in 2026",
    "Thesauri",
    "Organisations",
)


@pytest.fixture(scope="module")
def kept_titles(kept_site):
    articles = {title: builders.article(kept_site["cranes"].sponsor, title=title).pk for title in TITLES}
    index_missing()
    return articles


def suggested(text):
    return suggest(SearchQuery.of(text), Locale.objects.get(language_code="en").pk, 100)


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_suggested_from_its_first_letter_to_the_end_of_its_first_word(kept_titles, db, title):
    word = title.split()[0].strip(",")
    missed = [word[:end] for end in range(1, len(word) + 1) if kept_titles[title] not in suggested(word[:end])]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("quay robo", "Robotics at the quay"),
        ("trams herit", "Heritage trams"),
        ("2026 usa", "Usage of 5G in 2026"),
        ("the quay roboti", "Robotics at the quay"),
    ],
)
def test_what_was_typed_before_the_beginning_has_to_stand_there(kept_titles, db, text, title):
    assert suggested(text) == [kept_titles[title]]


@pytest.mark.parametrize("text", ["shipping by night", "heritage trams"])
def test_suggestions_stay_while_words_that_no_index_holds_are_typed(kept_titles, db, text):
    """'by' is one; of 'b' nobody knows yet."""
    title = text.capitalize()
    assert [end for end in range(1, len(text)) if kept_titles[title] not in suggested(text[:end])] == []


def test_what_nothing_begins_with_is_not_ignored_for_long(kept_titles, db):
    shipping = kept_titles["Shipping by night"]
    assert all(shipping in suggested(f"shipping {text}") for text in ("q", "qu", "qux"))
    assert suggested("shipping quxx") == []


def test_words_that_only_begin_alike_are_not_suggested(kept_titles, db):
    """Both begin as the stem of companies does, 'compani'."""
    assert kept_titles["Companions at sea"] not in suggested("companies")
    assert kept_titles["Companions at sea"] in suggested("compani")
    assert suggested("shippy") == []


def test_words_of_pages_that_nobody_may_read_suggest_nothing(kept_titles, db):
    """Nor do they say that such a form of a word stands anywhere."""
    article = builders.article(Page.objects.get(pk=kept_titles["Thesauri"]).specific.sponsor, title="Plotting")
    PageViewRestriction.objects.create(page=article, restriction_type=PageViewRestriction.LOGIN)
    open_one = builders.article(article.sponsor, title="A plot")
    index_missing()
    assert suggested("plot") == [open_one.pk]
    assert suggested("plott") == []
    assert found("plotti").corrected.text == "plot"


def test_a_search_for_a_beginning_that_is_longer_than_a_stem_finds_the_word(kept_titles, db):
    """'wareho': the index holds Warehousing as 'wareh'."""
    answer = found("growers wareho")
    assert answer.pages == [kept_titles["Warehousing for growers"]]
    assert answer.corrected.text == "growers warehousing"


@pytest.mark.parametrize(
    ("text", "corrected", "is_loose"), [("grwers quart", "growers quart", False), ("zzzzqq quart", None, True)]
)
def test_a_last_word_that_begins_several_is_none_of_them(kept_titles, db, text, corrected, is_loose):
    partner = Page.objects.get(pk=kept_titles["Thesauri"]).specific.sponsor
    stones, music = (builders.article(partner, title=title).pk for title in ("Growers of quartzites", "A quartet"))
    index_missing()
    answer = found(text)
    assert set(answer.pages) == ({stones, music} if is_loose else {stones})
    assert answer.is_loose == is_loose
    assert (answer.corrected.text if answer.corrected else None) == corrected


def test_few_words_of_many_that_begin_so_are_looked_at(kept_titles, db):
    """Those whose stems are shorter, by their index: of a site of many articles thousands begin so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO partners_searchword (word, pages)"
            " SELECT 'shippab' || translate(number::text, '0123456789', 'abcdefghij'), 1"
            " FROM generate_series(1, 20000) number"
        )
        cursor.execute("ANALYZE partners_searchword")
    with statements() as made:
        suggested("shipp")
    one = next(one for one in made if "ts_lexize" in one.sql)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {one.sql}", one.values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    read = [float(rows) for rows in re.findall(r"search_word_stems.*actual rows=([\d.]+)", plan)]
    assert read
    assert sum(read) < 100
