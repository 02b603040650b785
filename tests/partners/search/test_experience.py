"""partners/search/experience.py: who is asked again looks where it was found, and whatever has changed, finds it."""

import re

import pytest
from django.core.cache import cache
from django.utils import timezone
from wagtail.models import Page

from partners.search import experience, finding, known_words, windows
from partners.search.entry import SearchEntry
from partners.search.indexing import index_missing
from tests import builders
from tests.partners.search.plans import found
from tests.partners.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def remembering(many, monkeypatch):
    """Have a process remember, as one does for readers, and want five pages; give nine articles about sleepers."""
    monkeypatch.setattr(experience, "may_keep", lambda: True)
    monkeypatch.setattr(experience, "_places", {})
    monkeypatch.setattr(finding, "NEWEST_BY_TITLE", 5)
    monkeypatch.setattr(finding, "NEWEST_BY_TEXT", 5)
    return many


def windows_of(text, **narrowing):
    """Return what is found, and the windows of each statement that was made to find it."""
    with statements() as made:
        pages = found(text, **narrowing).pages
    of_each = [
        re.findall(r"\b((?:title_)?vector_\w+) AS MATERIALIZED", one.sql) for one in made if "ts_rank" in one.sql
    ]
    return pages, of_each


def test_one_window_of_each_vector_is_looked_into_again(remembering):
    first, [everywhere] = windows_of("sleepers")
    again, [there] = windows_of("sleepers")
    assert len(everywhere) > 4
    assert len(there) == 2
    assert again == first
    assert len(first) == 5


@pytest.mark.parametrize("text", ["sleepers", "sleepers crane", "前海", "稅", "zebra"])
@pytest.mark.parametrize("rare", [0, 10**9])
@pytest.mark.parametrize("is_of_partner", [False, True])
def test_the_same_is_found_again(remembering, monkeypatch, text, rare, is_of_partner):
    monkeypatch.setattr(known_words, "RARE", rare)
    monkeypatch.setattr(known_words, "RARE_IN_TITLES", rare)
    monkeypatch.setattr(known_words, "FEW_TITLES", 0)
    narrowing = {"partners": (remembering[0].sponsor.pk,)} if is_of_partner else {}
    assert found(text, **narrowing).pages == found(text, **narrowing).pages


def test_what_is_not_there_any_more_is_looked_for_everywhere(remembering, monkeypatch):
    """Five were read among the newest six; then three of these are closed, and others are older."""
    monkeypatch.setattr(windows, "READ_FIRST", 6)
    monkeypatch.setattr(known_words, "RARE", 10**9)
    tomorrow = timezone.localdate() + timezone.timedelta(days=1)
    SearchEntry.objects.filter(pk__in=[one.pk for one in remembering]).update(date=tomorrow)
    first, _windows = windows_of("sleepers")
    assert windows_of("sleepers")[1] == [["title_vector_all", "vector_read"]]
    Page.objects.filter(pk__in=first[:3]).update(live=False)
    pages, [there, everywhere] = windows_of("sleepers")
    assert len(pages) == 5
    assert not set(first[:3]) & set(pages)
    assert len(there) == 2 < len(everywhere)
    assert windows_of("sleepers")[0] == pages


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_the_same_is_found_where_more_is_read_than_was(remembering, monkeypatch, is_forgotten):
    """Of the newest seven four have the word or a longer one, and then five. The window behind them is asked for the
    word as it is, so both are looked into again.
    """
    monkeypatch.setattr(windows, "READ_FIRST", 7)
    monkeypatch.setattr(windows, "NEWEST_FIRST", (3, 12, 18))
    monkeypatch.setattr(known_words, "RARE", 10**9)
    longer, as_it_is = "All its buoyage.", "Behind a buoy."
    days = {11: longer, 10: longer, 9: as_it_is, 8: as_it_is, **dict.fromkeys((7, 6, 5), "Nothing.")}
    pages = {day: article_of(remembering, day, text).pk for day, text in days.items()}
    pages |= {day: article_of(remembering, day, as_it_is).pk for day in (4, 3, 2, 1)}
    index_missing()
    cache.clear()
    for _first_and_again in range(2):
        there, [of_each] = windows_of("buoy")
        assert set(there) == {pages[day] for day in (11, 10, 9, 8, 4)}
    assert of_each == ["title_vector_all", "vector_read", "vector_1"]
    pages[12] = article_of(remembering, 12, longer).pk
    index_missing()
    if is_forgotten:
        experience._places.clear()
    assert set(found("buoy").pages) == {pages[day] for day in (12, 11, 10, 9, 8)}


def test_what_is_rare_and_so_not_read_for_is_asked_of_one_window(remembering, monkeypatch):
    monkeypatch.setattr(windows, "NEWEST_FIRST", (3, 12, 18))
    monkeypatch.setattr(known_words, "RARE", 0)
    first = windows_of("sleepers")[0]
    assert windows_of("sleepers") == (first, [["title_vector_all", "vector_1"]])


def test_few_titles_of_a_partner_are_asked_of_the_index_the_next_time(remembering, monkeypatch):
    """Of nine, five are wanted; one has the word in its title. Where enough have it, they are read again."""
    partner = (remembering[0].sponsor.pk,)
    rare = builders.article(remembering[0].sponsor, title="Bollards", standfirst="Cranes.")
    index_missing()
    for word, windows_then in (("bollards", "title_vector_all"), ("sleepers", "title_vector_read")):
        first, [everywhere] = windows_of(word, partners=partner)
        assert len(everywhere) > 2
        assert windows_of(word, partners=partner) == (first, [[windows_then, "vector_read"]])
    assert found("bollards", partners=partner).pages == [rare.pk]


def article_of(many, days, text):
    """Make an article of the day in so many days, whose text alone says `text`."""
    day = timezone.localdate() + timezone.timedelta(days=days)
    return builders.article(many[0].sponsor, title=f"Ships, part {days}", standfirst=text, publication_date=day)


def test_what_was_nowhere_is_found_when_it_is_published(remembering):
    assert found("lighthouses").pages == []
    nothing, made = windows_of("lighthouses")
    assert nothing == []
    assert [len(one) for one in made] == [2]
    article = builders.article(remembering[0].sponsor, title="Lighthouses of the bay")
    index_missing()
    assert found("lighthouses").pages == [article.pk]


def test_fewer_entries_than_there_were(remembering, monkeypatch):
    """A window that was looked into is not there any more."""
    monkeypatch.setattr(known_words, "RARE", 10**9)
    monkeypatch.setattr(known_words, "RARE_IN_TITLES", 10**9)
    monkeypatch.setattr(known_words, "FEW_TITLES", 0)
    first = found("sleepers").pages
    monkeypatch.setattr(windows, "NEWEST_FIRST", ())
    cache.clear()
    assert set(found("sleepers").pages) == set(first)


def test_a_query_is_remembered_for_a_while(remembering, monkeypatch):
    monkeypatch.setattr(experience, "KEPT_FOR", 0.0)
    found("sleepers")
    assert len(windows_of("sleepers")[1][0]) > 4


def test_so_many_queries_are_remembered_and_no_more(remembering, monkeypatch):
    monkeypatch.setattr(experience, "MOST", 3)
    for word in ("sleepers", "cranes", "harbour", "hoists", "learn", "part"):
        found(word)
        assert 0 < len(experience._places) <= 3


def test_the_same_words_asked_otherwise_are_another_query(remembering):
    found("sleepers")
    assert len(windows_of("sleepers", locale_id=remembering[0].locale_id)[1][0]) > 4
    assert len(windows_of("sleepers cranes")[1][0]) > 4


def test_whoever_keeps_nothing_remembers_nothing(many):
    found("sleepers")
    assert len(windows_of("sleepers")[1][0]) > 4
    assert experience.places_of(((("sleepers",), ()), None, False)) is None
