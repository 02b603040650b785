"""home/routing.py: the page at an address is the one that Wagtail finds by walking down the tree."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation
from wagtail.models import Page, Site

from home.routing import RoutingMiddleware, page_at, site_of
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    """Give the site, with a partner, an article, a draft and a form in English, and an article in Chinese."""
    partner = builders.partner()
    builders.article(partner, "A quay")
    builders.article(partner, "A draft", live=False)
    builders.request_page(partner)
    builders.article(builders.partner("Lanternbridge", language="zh-hant"), "碼頭")
    return Site.objects.get(is_default_site=True)


def request_for(path: str, language: str) -> Any:
    request = RequestFactory().get(f"/{language}{path}" if language != "en" else path)
    request.resolver_match = resolve(request.path)
    return request


def found_by_us(path: str, language: str) -> Any:
    """Return page and rest that the middleware leaves for Wagtail's view; None where it leaves nothing."""
    request = request_for(path, language)
    match = request.resolver_match
    RoutingMiddleware(lambda _request: HttpResponse()).process_view(request, match.func, match.args, match.kwargs)
    return getattr(request, "_wagtail_route_for_request", None)


def found_by_wagtail(path: str, language: str) -> Any:
    request = request_for(path, language)
    return Page.route_for_request(request, request.resolver_match.args[0])


def told(route: Any) -> Any:
    """Return which page a route leads to, and with what; a method of a page by its name."""
    if route is None:
        return None
    page, args, kwargs = route
    return page.pk, type(page), [getattr(value, "__qualname__", value) for value in args], kwargs


def paths(site: Site) -> list[str]:
    """Return the addresses of all pages without their language, and some at which there is nothing, or more."""
    known = [f"/{page.url_path.split('/', 2)[2]}" for page in Page.objects.filter(depth__gte=2)]
    return [*known, *(f"{path}thanks/x/" for path in known), "/nothing/", "/nothing/at/all/", "/partners/nothing/"]


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_it_is_the_page_that_wagtail_finds(site, language):
    answered = 0
    for path in dict.fromkeys(paths(site)):
        with translation.override(language):
            ours, theirs = found_by_us(path, language), found_by_wagtail(path, language)
        assert told(ours) == told(theirs), path
        answered += ours is not None
    assert answered > 1


def test_a_draft_is_at_its_address_and_not_shown(site):
    draft = Page.objects.get(title="A draft")
    path = draft.url_path.split("/", 2)[2]
    assert page_at(site, path).pk == draft.pk
    assert found_by_us(f"/{path}", "en") is None


def test_below_a_home_page_that_is_not_published_stand_the_pages_of_its_language(site, client):
    partner = Page.objects.get(title="Lanternbridge")
    article, english = Page.objects.get(title="碼頭"), Page.objects.get(title="A quay")
    home = site.root_page.get_translation(partner.locale).specific
    home.unpublish()
    assert client.get("/zh-hant/").status_code == 200  # the site's own, which stands in
    assert article.title in client.get(article.url).content.decode()
    # Where the language has no page, or a draft, what the site's own has.
    stands_in = f"/zh-hant{english.url}"
    assert english.title in client.get(stands_in).content.decode()
    draft = builders.article(partner.specific, "草稿", live=False)
    assert client.get(draft.url).status_code == 404
    home.save_revision().publish()
    assert client.get(stands_in).status_code == 404
    assert article.title in client.get(article.url).content.decode()


def test_other_views_are_left_alone(site):
    request = RequestFactory().get("/health/live")
    request.resolver_match = resolve("/health/live")
    RoutingMiddleware(lambda _request: HttpResponse()).process_view(request, None, (), {})
    assert not hasattr(request, "_wagtail_route_for_request")
    assert not hasattr(request, "_wagtail_site")


def test_whoever_asks_for_the_site_afterwards_is_given_the_same(site, django_assert_num_queries):
    request = request_for("/", "en")
    found = site_of(request)
    with django_assert_num_queries(0):
        assert Site.find_for_request(request) is found
    assert found == site


def test_what_one_request_changes_of_a_page_no_other_sees(site):
    article = Page.objects.get(title="A quay")
    path = article.url_path.split("/", 2)[2]
    first, second = page_at(site, path), page_at(site, path)
    assert first == second
    assert first is not second
    first.title = "Another"
    assert second.title == "A quay"
