"""Where does a reader find every article, newest first?"""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.models import Page

from partners.articles.choosing import Choice, Shape, read_choice
from partners.articles.facets import filters_for
from partners.articles.listing import ArticleQuerySet
from partners.articles.paging import (
    PLACE,
    Listed,
    Place,
    Some,
    asked_place,
    first_of,
    neighbours,
    parameters_of,
    part_of,
    place_of_old_page,
    values_of,
)
from partners.articles.partner_campaign import still_new
from partners.articles.restrictions import private_patterns
from partners.articles.site_page import SitePage
from partners.ready_made import ReadyMade, ready_made


class LatestPostsPage(SitePage):
    """'latest post': one language's published partner articles, part by part, and what a reader chooses of all."""

    introduction = models.TextField(_("introduction"), blank=True)

    template = "partners/latest_posts_page.html"
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1
    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("list of the latest posts")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer, or send to the one address of what is asked. Raises Http404 for a choice of what does not exist."""
        choice = read_choice(request.GET, self.locale)
        if "page" in request.GET:
            part = place_of_old_page(request.GET, choice.of(self.get_articles()))
            name, _sign, cursor = part.partition("=")
            return HttpResponseRedirect(request.path + choice.query(**({name: cursor} if part else {})))
        if not choice.is_told_by(request.GET):
            cursors = {name: request.GET[name] for name in ("after", "before") if request.GET.get(name)}
            return HttpResponseRedirect(request.path + choice.query(**cursors))
        return super().serve(request, *args, **kwargs)

    def get_articles(self) -> ArticleQuerySet:
        """Return what the list chooses from: the articles of every language."""
        from partners.articles.article_page import PartnerArticlePage  # noqa: PLC0415  that module imports this one

        return PartnerArticlePage.objects.newest_posts()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what is chosen (`choice`, `filters`, `chips`, `topic`, `total`) and the `part` of it that is asked for.

        `canonical_query` stands behind the page's address in the canonical one; `is_indexed` says whether search
        engines should name the address: not where more than one filter is chosen, nor parts, which come and go.
        """
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        choice = read_choice(request.GET, self.locale)
        place = asked_place(request.GET)
        # Asked for when they are shown, since that may be kept already.
        part: Any = SimpleLazyObject(lambda: part_of(posts_of(choice), **place))
        found: Any = SimpleLazyObject(lambda: filters_for(choice))
        return {
            **context,
            "part": part,
            "neighbours": SimpleLazyObject(lambda: neighbours(part, choice.query)),
            "filters": SimpleLazyObject(lambda: found[0]),
            "total": SimpleLazyObject(lambda: found[1]),
            "chips": SimpleLazyObject(
                lambda: [
                    {"filter": one, "option": one.chosen, "query": choice.query(**{one.name: ""})}
                    for one in found[0]
                    if one.chosen
                ]
            ),
            "topic": choice.topic,
            # Each part is of one language; what is chosen is understood in all.
            "behind_address": choice.query(),
            "canonical_query": choice.query(**parameters_of(place)).removeprefix("?"),
            "is_indexed": not place and len(choice.values) <= 1,
        }


def posts_of(choice: Choice) -> Some:
    """Return what finds the posts of a choice, part by part (paging.py)."""

    def some(sign: str, beyond: Place | None, most: int) -> list[Listed]:
        query: ReadyMade[Any] = _first(choice.shape, sign, beyond is not None, most)
        ask = query.rows_planned_for if choice.shape.is_shared else query.rows
        return [Listed(*row) for row in ask(**choice.slots, **values_of(beyond), **private_patterns())]

    return some


@ready_made
def _first(shape: Shape, sign: str, is_beyond: bool, most: int) -> "models.QuerySet[Any, tuple[Any, ...]]":
    from partners.articles.article_page import PartnerArticlePage  # noqa: PLC0415  that module imports this one

    articles, counted = PartnerArticlePage.objects, shape.counted()
    chosen = articles.newest_posts(is_ready_made=True) if counted is None else articles.marked(still_new())
    return first_of(chosen, counted, sign, PLACE if is_beyond else None, most)
