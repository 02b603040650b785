"""Which articles does a listing show, and in which order?"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, prefetch_related_objects
from django.db.models.functions import JSONObject
from wagtail.models import Locale
from wagtail.query import PageQuerySet

from partners.articles.partner_campaign import still_listed, still_new
from partners.articles.restrictions import among_private, open_to_all
from partners.articles.share.share_image import ShareImage
from partners.keeping import is_kept, may_keep, once

if TYPE_CHECKING:
    from partners.articles.article_page import PartnerArticlePage
    from partners.articles.partner_page import PartnerPage

ARTICLES_PER_PAGE = 12


class ArticleQuerySet(PageQuerySet["PartnerArticlePage"]):
    """Reads of partner articles."""

    def published(self, *, is_ready_made: bool = False) -> "ArticleQuerySet":
        """Keep what any visitor may read now: live and not behind a view restriction.

        A query that `is_ready_made` is asked with `private_patterns()` (restrictions.py).
        """
        return open_to_all(self.live(), is_ready_made=is_ready_made)

    def listed(self, *, is_ready_made: bool = False) -> "ArticleQuerySet":
        """Keep what lists name now: listings, the partner's page, feeds, the sitemap, search, related articles."""
        return self.published(is_ready_made=is_ready_made).filter(still_listed())

    def newest_posts(self, *, is_ready_made: bool = False) -> "ArticleQuerySet":
        """Keep what 'latest post' names now, on the home page, in its own list and below an article."""
        return self.published(is_ready_made=is_ready_made).filter(still_new())

    def marked(self, still: Q) -> "ArticleQuerySet":
        """Mark which are shown (`is_shown`): those that `published` keeps, and that are `still` listed.

        For what is counted already: to leave one out there would look like the end of a list. Asked with
        `private_patterns()`.
        """
        shown = Q(live=True) & ~Q(among_private()) & still
        return self.annotate(is_shown=ExpressionWrapper(shown, BooleanField()))

    def in_language(self, locale: Locale | int) -> "ArticleQuerySet":
        """Keep the articles written in `locale` (a Locale or its id)."""
        return self.filter(locale=locale)

    def newest_first(self) -> "ArticleQuerySet":
        """Order by publication date; the primary key settles a tie, so that no part of a list overlaps another."""
        return self.order_by("-publication_date", "-pk")

    def for_cards(self) -> "ArticleQuerySet":
        """Fetch what cards show of articles: language and picture, no text; the rest comes `with_sponsors` and
        `with_renditions`.
        """
        return self.select_related("hero_image", "locale").defer("body")

    def for_reader(self) -> "ArticleQuerySet":
        """Fetch the picture, the keys of the topics (`known_topic_ids`), and which pictures to share are drawn
        (`known_share_images`: digest and file of each).
        """
        topics = self.model.topics.through.objects.filter(partnerarticlepage=OuterRef("pk")).order_by("pk")
        shared = ShareImage.objects.filter(article=OuterRef("pk")).exclude(file="")
        return self.select_related("hero_image").annotate(
            known_topic_ids=ArraySubquery(topics.values("topic_id")),
            known_share_images=ArraySubquery(shared.values(made=JSONObject(digest="digest", file="file"))),
        )


def sponsor_key(path: str) -> tuple[str, str]:
    """Return the name under which the partner at a place of the page tree is kept."""
    return "partner at", path


def with_sponsors(articles: Iterable["PartnerArticlePage"]) -> list["PartnerArticlePage"]:
    """Return `articles` as a list whose sponsors are loaded, with their logos, by one query for all that nobody keeps.

    The sponsor is the parent in the page tree, which no foreign key names, so `select_related` cannot fetch it.
    """
    found = list(articles)
    sponsors = load_partners_at(article.parent_path for article in found)
    for article in found:
        if article.parent_path in sponsors:
            article.sponsor = sponsors[article.parent_path]
    return found


def load_partners_at(paths: Iterable[str]) -> "dict[str, PartnerPage]":
    """Return the partners at places of the page tree; those only that nobody keeps, the others are asked for one by
    one where they are shown.
    """
    from partners.articles.partner_page import PartnerPage  # noqa: PLC0415  the pages import this module

    missing = {path for path in paths if not is_kept(sponsor_key(path))}
    if not missing:
        return {}
    partners = PartnerPage.objects.filter(path__in=missing).select_related("logo")
    if not may_keep():
        return {partner.path: partner for partner in partners}
    found = {}
    partners = partners.prefetch_related("logo__renditions")
    for partner in partners:
        shown = [partner, *([partner.logo] if partner.logo else [])]
        found[partner.path] = once(sponsor_key(partner.path), lambda partner=partner: partner, shown)  # type: ignore[misc]
    return found


def with_renditions(articles: Iterable["PartnerArticlePage"]) -> list["PartnerArticlePage"]:
    """Return `articles`, fetched `for_cards`, as a list of which is loaded what was made of their pictures, by one
    query.
    """
    found = list(articles)
    prefetch_related_objects([article.hero_image for article in found if article.hero_image is not None], "renditions")
    return found
