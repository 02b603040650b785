"""What stands at an address of this site that somebody typed: a page, what a redirect leads to, or something else?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.encoding import iri_to_uri, uri_to_iri
from django.utils.translation import get_language_from_path
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from partners.articles.links import own_address

# Redirects that are followed from one to the next; whoever needs more arrives nowhere.
MOST_REDIRECTS = 4
# As `wagtail.urls` names the view that answers with pages.
_PAGES = "wagtail_serve"


@dataclass(frozen=True)
class Place:
    """Where to look for what an address leads to.

    `url_paths` are those of the pages that may stand there, the likeliest first; `old_paths` what a redirect may be
    stored under, likewise. `is_of_pages` says that nothing else than a page answers there.
    """

    url_paths: tuple[str, ...] = ()
    old_paths: tuple[str, ...] = ()
    is_of_pages: bool = True


@dataclass(frozen=True)
class Lead:
    """Where an address leads in the end: to the page of the key `page`, or by `href` to what is none.

    Of a page, `href` is the address that leads there by itself, or empty where a redirect does.
    """

    href: str
    page: int | None = None


def place_of(href: str) -> Place:
    """Return where to look for what stands at `href`, an address of this site; nowhere for one that says no place."""
    address = own_address(href)
    if not address or "\x00" in address:
        return Place()
    path, mark, query = address.partition("?")
    # Without its last slash an address is redirected to the one with it.
    whole = path if path.endswith("/") else f"{path}/"
    language = get_language_from_path(whole)
    view, below = _view_at(path, language)
    if view is None:
        view, below = _view_at(whole, language)
    old = [Redirect.normalise_path(f"{path}{mark}{query}"), Redirect.normalise_path(path)]
    old_paths = tuple(dict.fromkeys(spelling for each in old for spelling in (uri_to_iri(each), iri_to_uri(each))))
    if view != _PAGES:
        return Place((), old_paths if view is None else (), is_of_pages=False)
    parts = "".join(f"{part}/" for part in below.split("/") if part)
    # Where a language has no home page, the site's own answers.
    homes = dict.fromkeys(home for code in (language, settings.LANGUAGE_CODE) for home in _homes_of(code))
    return Place(tuple(f"{home}{parts}" for home in homes), old_paths)


def leads_of(typed: Collection[str], at: Mapping[str, Page]) -> dict[str, Lead]:
    """Return where each of the addresses `typed` leads, but for those that lead nowhere.

    `at` are pages by their `url_path`: all those that `place_of` names for `typed`. Redirects are followed together, by
    two queries at most for each step.
    """
    found: dict[str, Lead] = {}
    # Where each has come to so far.
    waiting = {href: href for href in typed}
    known = {url_path: page.pk for url_path, page in at.items()}
    for step in range(MOST_REDIRECTS + 1):
        places = {href: place_of(now) for href, now in waiting.items()}
        if step:
            known = _pages_at({url_path for place in places.values() for url_path in place.url_paths})
        for href, place in places.items():
            if page := next((known[url_path] for url_path in place.url_paths if url_path in known), None):
                found[href] = Lead(waiting.pop(href), page)
        redirects = _redirects_from({old_path for href in waiting for old_path in places[href].old_paths})
        for href, now in list(waiting.items()):
            place = places[href]
            redirect = next((redirects[old_path] for old_path in place.old_paths if old_path in redirects), None)
            if redirect is not None and redirect.redirect_page_id is None and own_address(redirect.redirect_link):
                waiting[href] = redirect.redirect_link
                continue
            del waiting[href]
            if redirect is not None and (redirect.redirect_page_id or redirect.redirect_link):
                found[href] = Lead(redirect.redirect_link, redirect.redirect_page_id)
            elif redirect is None and not place.is_of_pages:
                found[href] = Lead(now)
        if not waiting:
            break
    return found


def _pages_at(url_paths: Collection[str]) -> dict[str, int]:
    pages = Page.objects.filter(url_path__in=url_paths).values_list("url_path", "pk")
    return dict(pages) if url_paths else {}


def _redirects_from(old_paths: Collection[str]) -> dict[str, Redirect]:
    # What is said of one site goes before what is said of any.
    stored = Redirect.objects.filter(old_path__in=old_paths).order_by(F("site").asc(nulls_first=True))
    return {redirect.old_path: redirect for redirect in stored} if old_paths else {}


def _view_at(path: str, language: str | None) -> tuple[str | None, str]:
    """Return the name of the view that answers at `path` and, for pages, what follows the language; None for none."""
    with translation.override(language or settings.LANGUAGE_CODE):
        try:
            match = resolve(path)
        except Resolver404:
            return None, ""
    return match.url_name or match.view_name, match.args[0] if match.url_name == _PAGES else ""


def _homes_of(language: str | None) -> list[str]:
    roots = Site.get_site_root_paths()
    return [root.root_path for root in roots if root.language_code == language]
