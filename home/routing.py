"""Which page stands at an address, without walking down the tree to it?"""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import TextField
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import get_language
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page, Site
from wagtail.query import PageQuerySet

from partners.articles.site_page import SitePage
from partners.keeping import once
from partners.ready_made import Slot, ready_made

# Views, by the names of their addresses, that ask for the site once for each page they name.
_NAMING_PAGES = frozenset({"search", "search_suggestions"})


class RoutingMiddleware:
    """Finds site and page as Wagtail would, and leaves both where it looks first; what is not found, it looks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Look for the page, where Wagtail's view will answer, and for the site, where other views name pages."""
        match = request.resolver_match
        if match is not None and match.url_name in _NAMING_PAGES:
            site_of(request)
        if match is None or match.url_name != "wagtail_serve":
            return
        site = site_of(request)
        if site is None:
            return
        page, beyond = _routed(site, args[0])
        if page is None:
            return
        try:
            found = page.route(request, beyond)
        except Http404:
            found = None
        # Where the language's home page is not published, Wagtail looks below the one that stands in.
        if found is not None or _addressed_home(site).live:
            request._wagtail_route_for_request = found  # type: ignore[attr-defined]


def site_of(request: HttpRequest) -> Site | None:
    """Return the site that `request` is for, as `Site.find_for_request` does, which afterwards knows it too."""
    host = (request._get_raw_host(), request.get_port())  # type: ignore[attr-defined]
    site: Site | None = once(("site", host), lambda: Site.find_for_request(request))
    request._wagtail_site = site  # type: ignore[attr-defined]
    return site


def home_of(site: Site) -> Page:
    """Return the home page of the active language, or the site's own where there is none that is published."""
    home, root = _addressed_home(site), site.root_page
    return home if home.live else root


def _addressed_home(site: Site) -> Page:
    """Return the home page below which the addresses of the active language lie, published or not.

    Below one that is not published stand pages that are, and Wagtail makes their addresses with it.
    """
    home: Page = once(("home", site.pk, get_language()), lambda: site.root_page.localized_draft)
    return home


def homes_of(site: Site) -> list[Page]:
    """Return the published home pages of a site, one a language, with their locales."""
    key = site.root_page.translation_key
    homes = Page.objects.filter(translation_key=key).live().select_related("locale").order_by("pk")
    return once(("homes", key), lambda: list(homes))


def page_at(site: Site, path: str) -> Page | None:
    """Return the page of the active language at `path` (without the language's prefix), published or not, or None."""
    below = "".join(f"{part}/" for part in path.split("/") if part)
    address = f"{(_addressed_home(site) if below else home_of(site)).url_path}{below}"
    try:
        family = once(("family at", address), lambda: _family_at(address))
    except Page.DoesNotExist:
        return None
    known = next(one for one in family if one.url_path == address)
    try:
        kept = once(("page", known.pk), lambda: _page_of(known))
    except Page.DoesNotExist:
        return None
    page = _copy_of(kept)
    if isinstance(page, SitePage):
        page.family, page.locale = family, known.locale
    return page


def _routed(site: Site, path: str) -> tuple[Page | None, list[str]]:
    """Return the page at `path`, or that of which a view of its own is there, and what is beyond its address."""
    parts = [part for part in path.split("/") if part]
    for place, part in enumerate(parts):
        if part in _first_words():
            page = page_at(site, "/".join(parts[:place]))
            # A page's own view comes before a page below it, as in Wagtail; others may be called like a view.
            if isinstance(page, RoutablePageMixin):
                return page, parts[place:]
    return page_at(site, path), []


@cache
def _first_words() -> frozenset[str]:
    """Return by what the addresses of pages' own views begin behind that of their page."""
    kinds: list[Any] = [kind for kind in apps.get_models() if issubclass(kind, RoutablePageMixin)]
    routes = [str(url.pattern) for kind in kinds for url in kind.get_subpage_urls()]
    return frozenset(filter(None, (route.partition("/")[0] for route in routes)))


def _page_of(known: Page) -> Page:
    """Return a page as its own kind, with what is shown of it. Raises Page.DoesNotExist where it is gone."""
    found = _by_key(known.specific_class or Page).rows(pk=known.pk)
    if not found:
        raise Page.DoesNotExist
    return found[0]


@ready_made
def _by_key(kind: type[Page]) -> PageQuerySet[Page]:
    pages: PageQuerySet[Page] = kind.for_reader() if issubclass(kind, SitePage) else kind._default_manager.all()
    return pages.filter(pk=Slot("pk"))


def _copy_of(kept: Page) -> Page:
    """Return a page for one request of what is kept for all: what it remembers, and loads, is this request's own."""
    # As `copy.copy` does by way of the register of models, which takes twice as long.
    kind: Any = type(kept)
    page: Page = kind.__new__(kind)
    page.__dict__.update(kept.__getstate__())
    for name in page.get_streamfield_names():
        value = getattr(kept, name)
        setattr(page, name, value.stream_block.to_python(list(value.raw_data)))
    return page


def _family_at(address: str) -> list[Page]:
    """Return the page at an address of the tree and its translations, published or not.

    Raises Page.DoesNotExist where there is none, so that no absence is remembered.
    """
    family = _families().rows(address=address)
    if not any(page.url_path == address for page in family):
        raise Page.DoesNotExist
    return family


@ready_made
def _families() -> PageQuerySet[Page]:
    keys = Page.objects.filter(url_path=Slot("address", TextField())).values("translation_key")
    return Page.objects.filter(translation_key__in=keys).select_related("locale").order_by("pk")
