"""On what else than the pages it has loaded can a part depend?"""

from uuid import uuid4

import pytest
from wagtail.models import Page

from partners.keeping import once, own_part
from qianhai_site.pagecache.store import PARTNERS
from tests.site.pagecache.test_parts import LISTS, Made, answer, site

__all__ = ["site"]


@pytest.mark.parametrize("of_partners", [False, True])
@pytest.mark.parametrize("sort", [once, own_part])
def test_what_says_so_depends_on_which_partners_there_are(site, sort, of_partners):
    made = Made()

    def ask() -> str:
        return sort("it", made, of_lists=False, of_partners=of_partners)

    answer(site, ask)
    site.store.drop(LISTS, stale_until=0.0)
    assert answer(site, ask) == "made 1"
    site.store.drop(frozenset({PARTNERS}), stale_until=0.0)
    assert answer(site, ask) == ("made 2" if of_partners else "made 1")


def test_a_value_depends_on_what_it_is_said_to_show(site):
    """Loaded beforehand, for many values at once."""
    made, page = Made(), Page(pk=7, translation_key=uuid4())
    answer(site, lambda: once("it", made, [page]))
    site.store.drop(frozenset({"page:8"}), stale_until=0.0)
    assert answer(site, lambda: once("it", made, [page])) == "made 1"
    site.store.drop(frozenset({f"key:{page.translation_key}"}), stale_until=0.0)
    assert answer(site, lambda: once("it", made, [page])) == "made 2"
