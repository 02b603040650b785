"""What do the search page and its suggestions answer?"""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from partners.articles.partner_page import PartnerPage
from partners.articles.restrictions import open_to_all
from partners.articles.topics import Topic
from partners.keeping import active_locale
from partners.search.finding import find, suggest
from partners.search.hits import hits_for, readable
from partners.search.narrowing import SearchForm
from partners.search.query import SearchQuery

HITS_PER_PAGE = 10
MOST_SUGGESTIONS = 6
# Of partners and of topics that begin as the query does.
MOST_NAMES = 4
# For so many seconds an answer may be shown again, by anybody: it holds nothing of the visitor.
FRESH_FOR = 30


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what answers `q`, narrowed by the other parameters, page by page; an unknown value narrows nothing."""
    locale = active_locale()
    query = SearchQuery.of(request.GET.get("q", ""))
    form = SearchForm(request.GET, locale=locale)
    found = find(query, locale.pk, form.narrowing(), today=timezone.localdate())
    paginator = Paginator(readable(found.pages), HITS_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    shown = found.corrected or query
    context = {
        "query": query,
        "found": found,
        "form": form,
        "page_of_hits": page,
        "hits": hits_for(list(page.object_list), shown),
        "names": names_like(query, locale),
        "is_asked": bool(request.GET.get("q", "").strip()),
        "parameters": form.parameters(),
        "is_search": True,
        "addresses_by_language": _addresses(query),
    }
    return _kept(render(request, "partners/search/search.html", context))


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Answer with a part of a page: the partners, topics and titles of the language that begin as `q` does."""
    locale = active_locale()
    query = SearchQuery.of(request.GET.get("q", ""))
    pages = readable(suggest(query, locale.pk, MOST_SUGGESTIONS * 2))[:MOST_SUGGESTIONS]
    context = {"hits": hits_for(pages, query), "names": names_like(query, locale), "query": query}
    return _kept(render(request, "partners/search/suggestions.html", context))


def names_like(query: SearchQuery, locale: Locale) -> dict[str, Any]:
    """Return the `partners` and `topics` of the language in whose name the query stands; all topics for no query."""
    topics = Topic.objects.filter(locale=locale)
    if not query:
        return {"partners": [], "topics": list(topics)}
    text = query.text
    partners = (
        open_to_all(PartnerPage.objects.live()).filter(locale=locale, title__icontains=text).order_by("title", "pk")
    )
    return {
        "partners": list(partners[:MOST_NAMES]),
        "topics": list(topics.filter(name__icontains=text)[:MOST_NAMES]),
    }


def _addresses(query: SearchQuery) -> dict[str, str]:
    """Return the address of the same search in each language of the site."""
    parameters = f"?{urlencode({'q': query.text})}" if query.text else ""
    addresses = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            addresses[code] = reverse("search") + parameters
    return addresses


def _kept(response: HttpResponse) -> HttpResponse:
    response.headers["Content-Language"] = translation.get_language() or ""
    patch_cache_control(response, public=True, max_age=FRESH_FOR)
    return response
