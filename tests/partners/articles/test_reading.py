"""partners/articles/reading.py: minutes in words and in characters."""

import pytest

from partners.articles.reading import reading_minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("", 1),
        ("word " * 238, 1),
        ("word " * 239, 2),
        ("字" * 260, 1),
        ("字" * 261, 2),
        ("字" * 260 + " word" * 238, 2),
        ("<p>" + "don’t stop. " * 119 + "</p>", 1),
    ],
)
def test_reading_minutes(text, minutes):
    assert reading_minutes(text) == minutes
