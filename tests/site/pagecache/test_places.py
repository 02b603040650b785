"""What is kept of pages follows them where they are moved to, and whichever language's address they are asked by."""

import pytest
from django.db import transaction
from wagtail.models import Page, PageViewRestriction
from wagtail.models import Site as WagtailSite

from partners.articles.partner_page import PartnerPage
from partners.search.indexing import index_missing
from tests import builders
from tests.faults.committed import committed, emptied_again, empty_tables
from tests.site.pagecache.standing_in import before_the_real_site
from tests.site.pagecache.test_watching import Ear

__all__ = ["committed", "emptied_again", "empty_tables"]

LISTS = ("/", "/partners/", "/latest/", "/search/")


@pytest.fixture
def site(committed):
    """Give the real site behind a page cache that hears what the database announces."""
    with before_the_real_site(keeps_pages=True) as site:
        site.ear = Ear()
        yield site
        site.ear.close()
    PageViewRestriction.objects.all().delete()
    for partner in PartnerPage.objects.all():
        partner.delete()


def hear(site):
    """Let the site hear what has been announced; return it."""
    if tags := site.ear.tags():
        WagtailSite.clear_site_root_paths_cache()
        site.store.drop(frozenset(tags), stale_until=0.0)
    return tags


def read(site, *addresses):
    """Have everything be kept that can be, as readers' requests do."""
    for _first_and_again in range(2):
        hear(site)
        for address in addresses:
            site.body(*address.split("?"))


def shown(site, address, *words):
    """Return which of `words` stand on the page."""
    body = site.body(*address.split("?")).decode()
    return {word for word in words if word in body}


@pytest.mark.parametrize("address", ["/", "/partners/", "/search/"])
def test_a_partner_that_is_for_some_readers_only_stays_so_where_it_is_moved_to(site, address):
    """Places in the tree are handed on: the other partner stands where the closed one stood."""
    open_to_all, closed = builders.partner("Open Hoists", slug="open"), builders.partner("Closed Hoists", slug="closed")
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    read(site, *LISTS)
    assert shown(site, address, "Open Hoists", "Closed Hoists") == {"Open Hoists"}
    Page.objects.get(pk=closed.pk).move(Page.objects.get(pk=open_to_all.pk), pos="left")
    hear(site)
    assert shown(site, address, "Open Hoists", "Closed Hoists") == {"Open Hoists"}


@pytest.mark.parametrize("address", ["/", "/latest/", "/partners/open/", "/search/?q=zebrafish"])
def test_an_article_that_is_for_some_readers_only_stays_so_where_it_is_moved_to(site, address):
    partner = builders.partner("Open Hoists", slug="open")
    open_to_all, closed = (
        builders.article(partner, title=f"Zebrafish for {readers}", slug=readers)
        for readers in ("everybody", "members")
    )
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    index_missing()
    words = "for everybody", "for members"
    read(site, *LISTS, address)
    assert shown(site, address, *words) == {"for everybody"}
    Page.objects.get(pk=closed.pk).move(Page.objects.get(pk=open_to_all.pk), pos="left")
    hear(site)
    assert shown(site, address, *words) == {"for everybody"}


def test_where_nothing_is_private_a_new_page_leaves_the_lists_of_other_languages(site):
    builders.article(builders.partner(slug="english"), title="English")
    chinese = builders.partner(language="zh-hant", slug="hant")
    read(site, "/", "/zh-hant/")
    kept = site.store.get(next(key for key in site.store._plain.entries if key.path == "/zh-hant/"))
    builders.article(Page.objects.get(slug="english").specific, title="Another one")
    hear(site)
    assert kept.is_fresh
    builders.article(chinese, title="前海的第二篇文章")
    hear(site)
    assert not kept.is_fresh


@pytest.mark.parametrize("order", [("/zh-hans/", "/"), ("/", "/zh-hans/")])
def test_a_language_that_has_no_home_shows_the_newest_of_the_one_that_stands_there(site, order):
    home = builders.home("zh-hans")
    Page.objects.filter(pk=home.pk).update(live=False)
    try:
        partner = builders.partner(slug="english")
        builders.article(partner, title="The first English article")
        hear(site)
        site.store.clear()
        read(site, *order)
        builders.article(partner, title="The second English article")
        hear(site)
        for address in order:
            assert shown(site, address, "The second English article"), address
    finally:
        Page.objects.filter(pk=home.pk).update(live=True)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_address_that_somebody_typed_leads_to_the_page_that_comes_to_stand_there(site, language):
    """Of any language. The text that it stands in depends on no lists."""
    sponsor = builders.partner("Tidewater", language=language, slug="tide")
    there = ("" if language == "en" else f"/{language}") + "/partners/tide/later/"
    builders.article(
        builders.partner("Harbour Hoists", slug="hoists"),
        slug="writer",
        body=[("paragraph", f'<p>Read <a href="{there}">the other text</a>.</p>')],
    )
    address = "/partners/hoists/writer/"
    read(site, address)
    assert not shown(site, address, 'class="link-label"')
    assert shown(site, address, "the other text", f'href="{there}"') == {"the other text"}
    later = builders.article(sponsor, title="Later", slug="later", live=False)
    read(site, address)
    later.save_revision().publish()
    assert "places" in hear(site)
    assert shown(site, address, "the other text", f'href="{there}"') == {"the other text", f'href="{there}"'}
    assert shown(site, address, 'class="link-label"')
    later.refresh_from_db()
    later.unpublish()
    hear(site)
    kept = site.body(address)
    site.store.clear()
    assert kept == site.body(address)
    assert not shown(site, address, 'class="link-label"')


def test_an_edit_says_nothing_of_places_and_a_new_page_or_another_address_does(site):
    article = builders.article(slug="before")
    assert "places" in hear(site)
    article.title = "Another title"
    article.save_revision().publish()
    assert "places" not in hear(site)
    article.slug = "after"
    article.save_revision().publish()
    assert "places" in hear(site)
    with transaction.atomic():
        article.standfirst = "A draft"
        article.save_revision()
    assert "places" not in hear(site)
    article.unpublish()
    assert "places" in hear(site)
