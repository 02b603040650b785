"""Which page stands at an address, without walking down the tree to it?"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import get_language
from wagtail.models import Page, Site

from partners.articles.site_page import SitePage
from partners.keeping import active_locale, once


class RoutingMiddleware:
    """Finds site and page as Wagtail would, and leaves both where it looks first; what is not found, it may look for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Look for the page, where Wagtail's view will answer."""
        match = request.resolver_match
        if match is None or match.url_name != "wagtail_serve":
            return
        site = site_of(request)
        page = page_at(site, args[0]) if site is not None else None
        if page is not None:
            try:
                found = page.route(request, [])
            except Http404:
                found = None
            request._wagtail_route_for_request = found  # type: ignore[attr-defined]


def site_of(request: HttpRequest) -> Site | None:
    """Return the site that `request` is for, as `Site.find_for_request` does, which afterwards knows it too."""
    host = (request._get_raw_host(), request.get_port())  # type: ignore[attr-defined]
    site: Site | None = once(("site", host), lambda: Site.find_for_request(request))
    request._wagtail_site = site  # type: ignore[attr-defined]
    return site


def home_of(site: Site) -> Page:
    """Return the home page of the active language, or the site's own where there is none that is published."""
    home: Page = once(("home", site.pk, get_language()), lambda: site.root_page.localized)
    return home


def page_at(site: Site, path: str) -> Page | None:
    """Return the page of the active language at `path` (without the language's prefix), published or not, or None."""
    try:
        kind, pk = once(("page at", site.pk, get_language(), path), lambda: _place_of(site, path))
    except Page.DoesNotExist:
        return None
    pages = kind._default_manager.filter(pk=pk)
    if issubclass(kind, SitePage) and kind.shown_with:
        pages = pages.select_related(*kind.shown_with)
    page: Page | None = pages.first()
    if page is not None and page.locale_id == (locale := active_locale()).pk:
        page.locale = locale
    return page


def _place_of(site: Site, path: str) -> tuple[type[Page], int]:
    """Return the kind and key of the page at `path`. Raises Page.DoesNotExist, so that no absence is remembered."""
    home = home_of(site)
    below = "".join(f"{part}/" for part in path.split("/") if part)
    page = Page.objects.get(url_path=f"{home.url_path}{below}")
    return page.specific_class or Page, page.pk
