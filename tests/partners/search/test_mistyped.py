"""partners/search/finding.py: which words stand for others, and which for nothing."""

import pytest
from bs4 import BeautifulSoup
from wagtail.models import PageViewRestriction

from partners.search.indexing import index_missing, index_page
from tests import builders
from tests.partners.search.plans import found

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["cranes during", "cranes themselves", "their cranes", "cranes against"])
def test_words_that_no_index_holds_stand_in_the_way_of_nothing(site, text):
    answer = found(text)
    assert site["cranes"].pk in answer.pages
    assert not answer.is_loose
    assert answer.corrected is None


def test_words_of_pages_that_nobody_may_read_correct_nothing_and_keep_nothing_from_being_corrected(site):
    """Neither the word as it was typed, nor one that is as near as another."""
    stones = builders.article(site["tax"].sponsor, title="News of quartzites")
    index_missing()
    assert found("quarzites").pages == [stones.pk]
    closed = [builders.article(site["tax"].sponsor, title=f"News of {word}") for word in ("quarzites", "quarzite")]
    # What they say is known from the time when they were for everybody.
    index_missing()
    for article in closed:
        PageViewRestriction.objects.create(page=article, restriction_type=PageViewRestriction.LOGIN)
    assert found("quarzites").pages == [stones.pk]
    for article in closed:
        article.delete()
    index_missing()
    assert found("quarzites").pages == [stones.pk]


def test_a_word_that_was_misspelt_in_a_title_once_is_mistyped_afterwards(site):
    article = builders.article(site["tax"].sponsor, title="News of the lighthuose")
    index_missing()
    article.title = "News of the lighthouse"
    article.save_revision().publish()
    index_page(article.pk)
    assert found("lighthuose").pages == [article.pk]


@pytest.mark.parametrize("text", ["containrs expalined", "expalined containrs zzzzqqq", "expalined containers"])
def test_words_that_are_mistyped_both_and_stand_in_different_pages_find_these(site, client, text):
    answer = found(text)
    assert set(answer.pages) == {site["cranes"].pk, site["tax"].pk}
    assert answer.is_loose
    words = answer.corrected.text
    assert set(words.split()) - {"zzzzqqq"} == {"containers", "explained"}
    note = BeautifulSoup(client.get("/search/", {"q": text}).content, "lxml").select_one(".search-answer__note")
    assert " ".join(note.text.split()) == f"No page has all of these words. These have some of {words}."
    assert {mark.text for mark in note.parent.select("mark")} >= {"containers", "explained"}


def test_a_corrected_word_is_said_once(site):
    assert found("containrs containrz lift").corrected.text == "containers lift"


def test_where_words_stand_in_different_pages_the_one_that_is_right_finds_as_well(site):
    """'tax' is no word to correct by, nor is any so short; 'taxi' might be."""
    builders.article(site["cranes"].sponsor, title="Waiting for a taxi")
    index_missing()
    assert site["tax"].pk in found("containrs tax").pages
