"""Who are the partners, and which pages of theirs stand below them?"""

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField
from wagtail.models import Page, Revision
from wagtail.query import PageQuerySet
from wagtail.search import index

from partners.articles.blocks import PARAGRAPH_FEATURES
from partners.articles.counted_first import listed_of_partner
from partners.articles.links import is_external
from partners.articles.listing import ArticleQuerySet, sponsor_key
from partners.articles.offers import kinds_of_offer
from partners.articles.paging import (
    PLACE,
    Asked,
    Listed,
    Part,
    Place,
    asked_place,
    first_of,
    neighbours,
    parameters_of,
    part_of,
    place_of_old_page,
    values_of,
)
from partners.articles.partner_campaign import still_listed
from partners.articles.publishing import require_recognisable
from partners.articles.restrictions import open_to_all, private_patterns
from partners.articles.site_page import SitePage
from partners.keeping import once
from partners.ready_made import ReadyMade, Slot, ready_made
from partners.renditions.uses import LOGO_KIND


class PartnerIndexPage(SitePage):
    """The list of the partners of one language."""

    introduction = models.TextField(_("introduction"), blank=True)

    template = "partners/partner_index_page.html"
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["partners.PartnerPage"]
    max_count_per_parent = 1
    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("list of partners")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `partners`, by name."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["partners"] = (
            open_to_all(PartnerPage.objects.child_of(self).live())
            .order_by("title", "pk")
            .select_related("logo")
            .prefetch_related("logo__renditions")
        )
        return context


class PartnerPage(SitePage):
    """A sponsor. Its title is the sponsor's name; its articles and forms stand below it.

    The kinds of child are closed by each child's own `parent_page_types`: forms belong to a package above
    this one, which this class must not name.
    """

    logo = models.ForeignKey(
        "wagtailimages.Image", verbose_name=_("logo"), on_delete=models.PROTECT, related_name="+", null=True
    )
    summary = models.TextField(_("summary"), help_text=_("One or two sentences: who they are."))
    about = RichTextField(_("about"), features=PARAGRAPH_FEATURES, blank=True)
    website = models.URLField(_("website"), blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True, help_text=_("Shown to readers."))

    template = "partners/partner_page.html"
    parent_page_types: ClassVar[list[str]] = ["partners.PartnerIndexPage"]
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("logo"),
        FieldPanel("summary"),
        FieldPanel("about"),
        MultiFieldPanel([FieldPanel("website"), FieldPanel("contact_email")], heading=_("Contact")),
    ]
    search_fields: ClassVar[list[index.BaseField]] = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("about"),
    ]

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    @classmethod
    def for_reader(cls) -> PageQuerySet[Any]:
        """Fetch the logo as well."""
        return super().for_reader().select_related("logo")

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> Any:
        """Publish `revision` as Wagtail does, or schedule it. Raises NotPublishable without a name and a logo."""
        require_recognisable(revision.as_object())
        return super().publish(revision, *args, **kwargs)

    def clean(self) -> None:
        """Refuse as a website an address of this site: it may be that of an article, which needs its label."""
        super().clean()
        if self.website and not self.shown_website:
            message = _("This is an address of this site. Enter the partner's own website.")
            raise ValidationError({"website": message})

    @property
    def shown_website(self) -> str:
        """The website as readers see it: none where it is an address of this site."""
        return self.website if is_external(self.website) else ""

    def own_pictures(self) -> Iterator[tuple[Any, str]]:
        """Yield the logo."""
        if self.logo is not None:
            yield self.logo, LOGO_KIND

    def get_articles(self) -> ArticleQuerySet:
        """Return this partner's published articles, newest first."""
        from partners.articles.article_page import PartnerArticlePage  # noqa: PLC0415  that module imports this one

        return PartnerArticlePage.objects.child_of(self).listed().newest_first()

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer; an old link to a numbered page of articles is sent to where those are."""
        if "page" in request.GET:
            part = place_of_old_page(request.GET, self.get_articles())
            return HttpResponseRedirect(f"{request.path}?{part}" if part else request.path)
        return super().serve(request, *args, **kwargs)

    def _part(self, place: Asked) -> Part:
        def some(sign: str, beyond: Place | None, most: int) -> list[Listed]:
            query: ReadyMade[Any] = _first(sign, beyond is not None, most)
            own = {"partner": self.pk, "path": self.path, "depth": self.depth + 1}
            return [Listed(*row) for row in query.rows(**own, **values_of(beyond), **private_patterns())]

        return part_of(some, **place)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `part` of the articles, with its `neighbours`, and `forms`, the offers that a visitor can open."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        place = asked_place(request.GET)
        # Asked for when they are shown, since that may be kept already.
        part: Any = SimpleLazyObject(lambda: self._part(place))
        context["part"] = part
        context["neighbours"] = SimpleLazyObject(
            lambda: neighbours(part, lambda **changes: f"?{urlencode(changes)}" if changes else "")
        )
        context["canonical_query"] = urlencode(parameters_of(place))
        context["is_indexed"] = not place
        # Its articles stand below it as well, thousands of them with some partners, and none of those is an offer.
        children = open_to_all(self.get_children().live()).type(*kinds_of_offer()).specific()
        context["forms"] = SimpleLazyObject(lambda: list(children))
        return context


def partner_at(path: str) -> PartnerPage:
    """Return the partner at a place of the page tree, with logo and what was made of it. Nobody may change it."""
    return once(
        sponsor_key(path),
        lambda: PartnerPage.objects.select_related("logo").prefetch_related("logo__renditions").get(path=path),
    )


@ready_made
def _first(sign: str, is_beyond: bool, most: int) -> "models.QuerySet[Any, tuple[Any, ...]]":
    from partners.articles.article_page import PartnerArticlePage  # noqa: PLC0415  that module imports this one

    # As `get_articles` does.
    below = models.Q(path__startswith=Slot("path", models.CharField()), depth=Slot("depth"))
    # The database knows the children of a page, and the days of articles, but no order of both together; of what is
    # counted it does.
    articles = PartnerArticlePage.objects.marked(below & still_listed())
    return first_of(articles, listed_of_partner(Slot("partner")), sign, PLACE if is_beyond else None, most)
