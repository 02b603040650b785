"""What changes while a part is loaded, or is shown in two languages, is kept as what it is."""

import pytest

from home.models import HomePage
from partners.articles import listing
from partners.articles.partner_page import PartnerPage
from partners.brochures.request_page import BrochureRequestPage
from tests.site.pagecache.standing_in import announced, tags_of_page
from tests.site.pagecache.test_visitors_pages import without_what_is_his

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("first", ["", "/zh-hans"])
def test_a_form_is_in_the_language_of_its_address_whoever_came_first(site, articles, first):
    """Where a language has no home page of its own, its addresses show the pages of another one."""
    page = BrochureRequestPage.objects.get()
    HomePage.objects.get(locale__language_code="zh-hans").unpublish()
    paths = [page.url, f"/zh-hans{page.url}"]
    alone = {}
    for path in paths:
        site.store.clear()
        alone[path] = without_what_is_his(site.body(path).decode())
    assert alone[paths[0]] != alone[paths[1]]
    site.store.clear()
    site.body(f"{first}{page.url}")
    for path in paths:
        assert without_what_is_his(site.body(path).decode()) == alone[path], path


@pytest.mark.parametrize("query", ["", "made=up"])
def test_what_changes_while_it_is_loaded_is_not_kept_as_it_was(site, articles, monkeypatch, query):
    """Also by an answer that is itself kept by nobody, as one to an unknown parameter is."""
    partner = PartnerPage.objects.get()
    once, renamed = listing.once, []

    def once_renamed(key, *args, **options):
        if not renamed and key[0] == "partner at":
            renamed.append(key)
            PartnerPage.objects.filter(pk=partner.pk).update(title="Renamed Ltd")
            announced(site, *tags_of_page(partner))
        return once(key, *args, **options)

    monkeypatch.setattr(listing, "once", once_renamed)
    site.ask("/latest/", query)
    assert renamed
    monkeypatch.undo()
    for address in ("/latest/", articles[0].url):
        body = site.body(address).decode()
        assert "Renamed Ltd" in body, address
        assert partner.title not in body, address
