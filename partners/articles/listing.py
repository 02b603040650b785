"""Which articles does a listing show, in which order, on which page of it?"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.http import HttpRequest
from wagtail.models import Locale
from wagtail.query import PageQuerySet

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage

ARTICLES_PER_PAGE = 12


class ArticleQuerySet(PageQuerySet["PartnerArticlePage"]):
    """Reads of partner articles."""

    def published(self) -> "ArticleQuerySet":
        """Keep what any visitor may read now: live and not behind a view restriction."""
        return self.live().public()

    def in_language(self, locale: Locale | int) -> "ArticleQuerySet":
        """Keep the articles written in `locale` (a Locale or its id)."""
        return self.filter(locale=locale)

    def newest_first(self) -> "ArticleQuerySet":
        """Order by publication date; the primary key settles a tie, so that no page of a listing overlaps another."""
        return self.order_by("-publication_date", "-pk")

    def for_cards(self) -> "ArticleQuerySet":
        """Fetch with the articles what their cards show: picture and its renditions."""
        return self.select_related("hero_image").prefetch_related("hero_image__renditions")


def with_sponsors(articles: Iterable["PartnerArticlePage"]) -> list["PartnerArticlePage"]:
    """Return `articles` as a list whose sponsors are loaded, by one query however many they are.

    The sponsor is the parent in the page tree, which no foreign key names, so `select_related` cannot fetch it.
    """
    from partners.articles.partner_page import PartnerPage  # noqa: PLC0415  the pages import this module

    found = list(articles)
    paths = {article.parent_path for article in found}
    partners = PartnerPage.objects.filter(path__in=paths).select_related("logo").prefetch_related("logo__renditions")
    by_path = {partner.path: partner for partner in partners}
    for article in found:
        article.sponsor = by_path[article.parent_path]
    return found


def page_of(
    request: HttpRequest, articles: ArticleQuerySet, per_page: int = ARTICLES_PER_PAGE
) -> PaginatorPage["PartnerArticlePage"]:
    """Return the page of `articles` that `?page=` asks for, with sponsors loaded.

    Anything but a number gives the first page; a number outside the listing gives the nearest page of it.
    """
    paginator = Paginator(articles, per_page)
    try:
        number = int(request.GET.get("page", "1"))
    except ValueError:
        number = 1
    page = paginator.page(min(max(number, 1), paginator.num_pages))
    page.object_list = with_sponsors(page.object_list)
    return page
