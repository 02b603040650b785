"""partners/submissions/exporting/cells.py: what no program takes for a formula, and how the text is had back."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from partners.submissions.exporting.cells import (
    CUT_MARK,
    LONGEST_CELL,
    as_given,
    cleaned,
    csv_cell,
    cut,
    is_risky,
    neutralised,
    xlsx_cell,
)
from tests.partners.submissions.exporting.payloads import begins_formula, payloads


def test_there_are_five_hundred_payloads_no_two_alike():
    assert len(set(payloads())) == 500


@pytest.mark.parametrize("payload", payloads())
def test_no_payload_begins_a_cell_under_any_separator(payload):
    cell = csv_cell(payload)
    assert not [part for part in re.split("[;\t\r\n]", cell) if begins_formula(part)]
    assert as_given(cell) == cleaned(payload)


@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@'\"; \t\r\n＝a1,"), st.characters()), max_size=40))
@example("''=1")
@example("\n\n'=1")
@settings(max_examples=400, deadline=None)
def test_what_was_given_is_had_back(text):
    clean = cleaned(text)
    assert as_given(neutralised(clean)) == clean
    assert csv_cell(text) == neutralised(clean)
    assert not [part for part in re.split("[;\t\r\n]", neutralised(clean)) if begins_formula(part)]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("+1@x.com", "'+1@x.com"),
        ("+852 2123 4567", "'+852 2123 4567"),
        ("ada@example.com", "ada@example.com"),
        ("Hello, -5 degrees", "Hello, -5 degrees"),
        ("a-b = c", "a-b = c"),
        ("'tis", "''tis"),
        ("one\n- two", "one\n'- two"),
        ("port;=1+1", "port;'=1+1"),
        ("", ""),
        ("陳大文", "陳大文"),
    ],
)
def test_cells_as_they_are_documented(text, cell):
    assert csv_cell(text) == cell
    assert as_given(cell) == text


def test_what_cannot_be_stored_goes():
    assert cleaned("a\x00b\x08c\x0b\x1f\x7f\x85\ufffe\ud800d") == "abcd"
    assert cleaned("a\r\nb\rc\n\td") == "a\nb\nc\n\td"


def test_a_long_cell_is_cut_and_says_so():
    longest = "x" * LONGEST_CELL
    assert cut(longest) == longest
    for text in (longest + "x", "陳" * 40_000, "😀" * 20_000):
        short = cut(text)
        assert short.endswith(CUT_MARK)
        assert len(short.encode("utf-16-le")) // 2 <= LONGEST_CELL
        assert text.startswith(short.removesuffix(CUT_MARK))


def test_a_text_is_never_taken_for_markup():
    assert xlsx_cell("<r><t>a</t></r>") == "<r><t>a</t></r> "
    assert xlsx_cell("=1+1") == "=1+1"
    assert is_risky("=1+1")
    assert not is_risky("ada@example.com")


def test_many_line_ends_cost_no_more_than_their_number():
    # Looking past a line end at each of them would be some 10¹⁰ steps.
    assert neutralised("\n" * 100_000 + "=").count("'") == 100_001
