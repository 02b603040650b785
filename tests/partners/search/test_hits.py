"""partners/search/hits.py: which part of a text a hit shows."""

import pytest

from partners.search.hits import extract
from partners.search.query import SearchQuery

LONG = "word " * 60
CELL = "x" * 50


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("The port.", "The port.", "The port."),
        (f"{LONG}port {LONG}", "… word word", "word word …"),
        # Between the cells of a table, it neither begins nor ends with what parts them.
        (f"{LONG}{CELL} · {CELL} · port · {CELL} · {CELL} · {LONG}", f"… {CELL} · port", "word word …"),
    ],
)
def test_the_part_around_the_first_mark(text, begins, ends):
    shown = extract(text, SearchQuery.of("port"), text)
    assert shown.startswith(begins)
    assert shown.endswith(ends)
