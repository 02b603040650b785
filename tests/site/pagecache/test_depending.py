"""On what else than the pages it has loaded can a part depend, and what does it weigh?"""

from uuid import uuid4

import pytest
from wagtail.models import Page

from partners.articles.article_page import PartnerArticlePage
from partners.keeping import once, own_part
from qianhai_site.pagecache.part import PartKey
from qianhai_site.pagecache.store import PARTNERS, PLACES
from tests.site.pagecache.test_parts import LISTS, Made, answer, site

__all__ = ["site"]


@pytest.mark.parametrize(("option", "tag"), [({"of_list": 7}, "list:7"), ({"of_places": True}, PLACES)])
@pytest.mark.parametrize("says_so", [False, True])
def test_a_value_depends_on_what_it_says(site, option, tag, says_so):
    made, said = Made(), option if says_so else {}
    answer(site, lambda: once("it", made, **said))
    site.store.drop(frozenset({PARTNERS, "list:8"}), stale_until=0.0)
    assert answer(site, lambda: once("it", made, **said)) == "made 1"
    site.store.drop(frozenset({tag}), stale_until=0.0)
    assert answer(site, lambda: once("it", made, **said)) == ("made 2" if says_so else "made 1")


@pytest.mark.parametrize("of_partners", [False, True])
@pytest.mark.parametrize(("sort", "of_no_lists"), [(once, {}), (own_part, {"of_lists": False})])
def test_what_says_so_depends_on_which_partners_there_are(site, sort, of_no_lists, of_partners):
    made = Made()

    def ask() -> str:
        return sort("it", made, **of_no_lists, of_partners=of_partners)

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


@pytest.mark.django_db
def test_a_kept_page_weighs_as_much_as_its_texts(site):
    """So that memory is bounded where articles are long; a Chinese character is more than one byte."""

    def size(paragraphs: list[str]) -> int:
        article = PartnerArticlePage(body=[("paragraph", text) for text in paragraphs])
        answer(site, lambda: once(tuple(paragraphs), lambda: article))
        return site.store.part(PartKey("value", tuple(paragraphs))).size

    nothing = size([])
    assert nothing + 20_000 < size(["x" * 10_000, "y" * 10_000]) < nothing + 22_000
    assert nothing + 20_000 < size(["海" * 10_000]) < nothing + 22_000
    assert nothing + 100_000 < size([f"{number}" for number in range(300)])
