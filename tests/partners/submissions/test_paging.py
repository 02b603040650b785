"""partners/submissions/paging.py: pages of a table that nobody counts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.submissions import paging
from partners.submissions.access_log import AccessRecord, Way, record_access
from partners.submissions.paging import MOST_ROWS, CountlessPaginator


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "number", "shown", "known", "has_more", "is_cut"),
    [
        # Two rows a page, one page ahead, nine rows at most, of twelve.
        (None, 1, [11, 10], 4, True, False),
        ("2", 2, [9, 8], 6, True, False),
        ("x", 1, [11, 10], 4, True, False),
        ("-3", 1, [11, 10], 4, True, False),
        ("5", 5, [3], 9, True, True),
        ("9" * 5000, 1, [11, 10], 4, True, False),
        ("99999999", 5, [3], 9, True, True),
    ],
)
def test_pages_of_a_long_table(monkeypatch, asked, number, shown, known, has_more, is_cut):
    monkeypatch.setattr(paging, "MOST_ROWS", 9)
    monkeypatch.setattr(paging, "PAGES_AHEAD", 1)
    for count in range(12):
        record_access(Way.LIST, count=count)
    paginator = CountlessPaginator(AccessRecord.objects.order_by("-pk"), 2)
    with CaptureQueriesContext(connection) as queries:
        page = paginator.get_page(asked)
        assert [record.count for record in page] == shown
    assert (page.number, paginator.count, paginator.has_more, paginator.is_cut) == (number, known, has_more, is_cut)
    assert len(queries) == 2
    assert f"LIMIT {known + 1}" in queries[0]["sql"]


@pytest.mark.django_db
def test_table_that_ends_is_counted_to_its_end():
    for _ in range(3):
        record_access(Way.LIST)
    paginator = CountlessPaginator(AccessRecord.objects.order_by("-pk"), 2)
    assert len(paginator.get_page(2)) == 1
    assert (paginator.count, paginator.has_more, paginator.is_cut, paginator.num_pages) == (3, False, False, 2)
    assert paginator.items_count_label == "3 accesses to personal data"


def test_label_does_not_claim_a_count():
    assert CountlessPaginator(range(MOST_ROWS + 1), 2).items_count_label == "more than 10,000 items"
    assert not CountlessPaginator(range(MOST_ROWS), 2).has_more
