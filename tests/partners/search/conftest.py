"""A small site to search."""

from copy import deepcopy
from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection

from partners.search import windows
from partners.search.indexing import index_missing
from tests import builders


@pytest.fixture(scope="module")
def kept_site(rows_kept):
    """Articles of three languages; those of one row are translations of each other."""
    harbour = builders.partner("Harbour Hoists")
    tide = builders.partner("Tidewater Robotics")
    rows = {
        "cranes": builders.article(
            harbour,
            title="Cranes that learn to lift",
            standfirst="How the port of Shenzhen moves containers at night.",
            publication_date=date(2026, 3, 1),
        ),
        "tax": builders.article(
            tide,
            title="A tax of fifteen per cent, explained",
            standfirst="Companies and their studies of Café Zürich.",
            publication_date=date(2026, 4, 1),
        ),
        "tax-hant": builders.article(
            builders.partner("潮汐機械", "zh-hant"), title="前海企業所得稅解讀", standfirst="自由貿易區的稅務優惠。"
        ),
        "tax-hans": builders.article(
            builders.partner("潮汐机械", "zh-hans"), title="前海企业所得税解读", standfirst="自由贸易区的税务优惠。"
        ),
    }
    rows["tax-hans"].translation_key = rows["tax-hant"].translation_key
    rows["tax-hans"].save(update_fields=["translation_key"])
    index_missing()
    return rows


@pytest.fixture
def site(db, kept_site):
    """Give the articles, for the test to change."""
    return deepcopy(kept_site)


@pytest.fixture(scope="module")
def kept_many(kept_site):
    """Nine more articles about cranes, of one partner."""
    partner = kept_site["cranes"].sponsor
    articles = [
        builders.article(partner, title=f"Sleepers, part {number}", standfirst="Cranes.") for number in range(9)
    ]
    index_missing()
    return articles


@pytest.fixture
def many(kept_many, monkeypatch):
    """Give the nine articles, for the test to change; windows begin among them, as on a site of many."""
    monkeypatch.setattr(windows, "NEWEST_FIRST", (2, 5, 9))
    cache.clear()
    yield deepcopy(kept_many)
    cache.clear()


@pytest.fixture
def one_by_one():
    """Read entries one by one, also where other tests have left the table so large that few look like a bargain."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off")
