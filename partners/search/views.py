"""What do the search page and its suggestions answer?"""

from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from partners.articles.known_partners import pages_of, partners_named
from partners.articles.topics import topics_of
from partners.keeping import active_locale, locales
from partners.search.finding import find, suggest
from partners.search.hits import hits_for, titles_for
from partners.search.narrowing import SearchForm
from partners.search.query import SearchQuery

HITS_PER_PAGE = 10
MOST_SUGGESTIONS = 6
# Of partners and of topics that begin as the query does.
MOST_NAMES = 4


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what answers `q`, narrowed by the other parameters, page by page; an unknown value narrows nothing."""
    locale = active_locale()
    query = SearchQuery.of(request.GET.get("q", ""))
    form = SearchForm(request.GET, locale=locale)
    found = find(query, locale.pk, form.narrowing(), today=timezone.localdate())
    paginator = Paginator(found.pages[:-1] if found.is_cut else found.pages, HITS_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    shown = found.corrected or query
    context = {
        "query": query,
        "found": found,
        "form": form,
        "page_of_hits": page,
        "hits": hits_for(list(page.object_list), found.digests, shown),
        "names": names_like(query, locale),
        "is_asked": bool(request.GET.get("q", "").strip()),
        "parameters": form.parameters(),
        "is_search": True,
        "addresses_by_language": _addresses(query, form),
    }
    return _kept(render(request, "partners/search/search.html", context))


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Answer with a part of a page: the partners, topics and titles of the language that begin as `q` does."""
    locale = active_locale()
    query = SearchQuery.of(request.GET.get("q", ""))
    context = {
        "hits": titles_for(suggest(query, locale.pk, MOST_SUGGESTIONS), query),
        "names": names_like(query, locale),
        "query": query,
    }
    return _kept(render(request, "partners/search/suggestions.html", context))


def names_like(query: SearchQuery, locale: Locale) -> dict[str, Any]:
    """Return the `partners` and `topics` of the language in whose name the query stands; all topics for no query."""
    topics = topics_of(locale.pk)
    if not query:
        return {"partners": [], "topics": topics}
    text = query.text.upper()
    return {
        "partners": pages_of(islice(partners_named(locale.pk, text), MOST_NAMES)),
        "topics": [topic for topic in topics if text in topic.name.upper()][:MOST_NAMES],
    }


def _addresses(query: SearchQuery, form: SearchForm) -> dict[str, str]:
    """Return the address of the same search in each language of the site, narrowed as far as that has names for it."""
    asked = {"q": query.text} if query.text else {}
    addresses = {}
    known = {locale.language_code: locale for locale in locales().values()}
    for code, _name in settings.LANGUAGES:
        chosen = form.chosen_in(known[code]) if code in known else {}
        parameters = urlencode({**asked, **chosen})
        with translation.override(code):
            addresses[code] = reverse("search") + (f"?{parameters}" if parameters else "")
    return addresses


def _kept(response: HttpResponse) -> HttpResponse:
    response.headers["Content-Language"] = translation.get_language() or ""
    return response
