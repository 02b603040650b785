"""partners/search/lexemes.py: a window of time holds the days from its beginning on, and none before."""

from datetime import date, timedelta

import pytest

from partners.search.lexemes import any_of, since

TODAY = date(2026, 11, 28)


def lexemes(day):
    return {f"@{day:%Y}", f"@{day:%Y-%m}", f"@{day:%Y-%m-%d}"}


@pytest.mark.parametrize(
    "first", [date(2026, 11, 28), date(2024, 2, 29), date(2025, 12, 31), date(2025, 12, 1), date(2026, 1, 1)]
)
def test_a_window_holds_its_days_once(first):
    window = since(first, TODAY)
    assert len(window) < 31 + 12 + 6
    for number in range(-700, 700):
        day = first + timedelta(days=number)
        assert len(lexemes(day) & set(window)) == (number >= 0), day


@pytest.mark.parametrize(
    ("first", "lexemes"), [(date(2026, 11, 1), ["@2026-11", "@2026-12"]), (date(2026, 1, 1), ["@2026"])]
)
def test_a_month_and_a_year_from_their_first_day_on_are_whole(first, lexemes):
    assert since(first, TODAY)[: len(lexemes) + 1] == [*lexemes, "@2027"]


def test_nothing_is_no_lexeme_of_a_page():
    assert any_of([]) == "'@none'"
    assert any_of(["@l1", "@l2"]) == "'@l1' | '@l2'"
