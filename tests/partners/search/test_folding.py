"""partners/search/folding.py: which ways of writing a word are the same to a search."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.search import folding
from partners.search.folding import composed, folded, pairs, pieces


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("QIANHAI", "qianhai"),
        ("Café", "cafe"),
        ("Zürich", "zurich"),
        ("ｆｕｌｌ", "full"),
        ("前海自由貿易區", "前海自由贸易区"),
        ("後", "后"),
        ("裡", "裏"),
    ],
)
def test_these_are_the_same(one, other):
    assert folded(composed(one)) == folded(composed(other))


@pytest.mark.parametrize(("one", "other"), [("port", "part"), ("港口", "港灣"), ("한", "하")])
def test_these_are_not(one, other):
    assert folded(composed(one)) != folded(composed(other))


@given(st.text())
def test_folding_keeps_the_place_of_every_character(text):
    assert len(folded(composed(text))) == len(composed(text))


@given(st.text())
def test_terms_hold_letters_and_digits_only(text):
    words, runs = pieces(text)
    # None can be an operator of the database's language for queries.
    assert all(term.isalnum() or not set(term) & set("&|!<>():*'\\ \x00") for term in [*words, *runs])


def test_words_and_chinese_stand_apart():
    assert pieces("Qianhai前海, the co-operation zone 合作區!") == (
        ["qianhai", "the", "co", "operation", "zone"],
        ["前海", "合作区"],
    )


def test_a_ligature_is_its_letters():
    assert pieces("ﬁnance") == (["finance"], [])


def test_a_run_stands_in_pairs_and_ends_alone():
    assert pairs("自贸区") == ["自贸", "贸区", "区"]


@given(st.text())
def test_a_text_without_control_characters_or_accents_is_folded_as_each_of_its_characters_is(text):
    shown = composed(text)
    assert shown == "".join(
        " " if unicodedata.category(one) in {"Cc", "Cf", "Cs"} else one for one in unicodedata.normalize("NFC", text)
    )
    assert folded(shown) == "".join(folded(f"é{one}")[1] for one in shown)


def test_plain_forms_are_kept_of_so_many_characters(monkeypatch):
    plain = folding._PlainForms()
    monkeypatch.setattr(folding._PlainForms, "MOST", 2)
    assert "ÀÉÎ".translate(plain) == "aei"
    assert len(plain) == 2
