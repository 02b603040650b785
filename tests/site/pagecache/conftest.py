"""The real site, of whose pages the parts are kept, and articles of which some pages were shown."""

from collections.abc import Iterator
from copy import deepcopy

import pytest

from partners.articles.article_page import PartnerArticlePage
from partners.articles.pictures import make_pictures
from tests import builders
from tests.site.pagecache.standing_in import Site, before_the_real_site


@pytest.fixture
def site() -> Iterator[Site]:
    """Give the real site, with its parts kept and no whole page: what is asked for is made."""
    with before_the_real_site(keeps_pages=False) as site:
        yield site


@pytest.fixture(scope="module")
def kept_articles(rows_kept: None) -> list[PartnerArticlePage]:
    """Articles of one partner with their pictures."""
    partner = builders.partner()
    offer = builders.request_page(partner)
    found = [builders.illustrated(partner, offer) for _ in range(9)]
    for page in (partner, *found):
        make_pictures(page.pk)
    return found


@pytest.fixture
def articles(db: None, site: Site, kept_articles: list[PartnerArticlePage]) -> list[PartnerArticlePage]:
    """Give the articles, of which some pages were shown, and then forgotten."""
    for path in ("/", "/latest/"):
        site.body(path)
    site.store.clear()
    return deepcopy(kept_articles)
