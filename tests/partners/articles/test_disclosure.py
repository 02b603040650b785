"""partners/articles/disclosure.py: what readers are told of each kind."""

import pytest
from django.utils import translation

from partners.articles.disclosure import UNDECIDED, WORDS, Disclosure, sentence_for, words_for


def test_every_kind_has_words():
    assert set(WORDS) == set(Disclosure.values)


@pytest.mark.parametrize("kind", ["", "unheard of", None])
def test_unknown_kind_gets_the_strictest_label(kind):
    assert words_for(kind) is UNDECIDED
    assert words_for(kind).paid is True
    assert str(words_for(kind).label) == "Paid content"


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
@pytest.mark.parametrize("kind", [*Disclosure.values, ""])
def test_sentence_names_the_sponsor_in_every_language(language, kind):
    with translation.override(language):
        assert "Tide {}% Works" in sentence_for(kind, "Tide {}% Works")
        assert "{sponsor}" not in sentence_for(kind, "x")


def test_only_the_contribution_is_unpaid():
    assert [kind for kind in Disclosure.values if not words_for(kind).paid] == [Disclosure.UNPAID_CONTRIBUTION]
