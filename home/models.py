"""What stands at the front door: the home page, standing pages, and what the whole site says of itself."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from partners.articles.blocks import INLINE_FEATURES, PARAGRAPH_FEATURES, TextBlocks
from partners.articles.disclosure import ExplainedKind, explained_kinds
from partners.articles.latest_page import LatestPostsPage
from partners.articles.newest import latest_articles
from partners.articles.paging import begun
from partners.articles.partner_page import PartnerIndexPage, PartnerPage
from partners.articles.restrictions import open_to_all
from partners.articles.site_page import SitePage, section_of_kind
from partners.keeping import once

LATEST_ON_HOME = 6
# More are on their own page.
PARTNERS_ON_HOME = 24


class HomePage(SitePage):
    """The root of one language's pages."""

    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    introduction = RichTextField(_("introduction"), features=INLINE_FEATURES, blank=True)

    has_steady_head = True
    template = "home/home_page.html"
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = [
        "partners.LatestPostsPage",
        "partners.PartnerIndexPage",
        "home.StandardPage",
        "home.PartnerContentPage",
    ]
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("tagline"),
        FieldPanel("introduction"),
    ]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `lead`, the newest article or None; `latest`, those after it; `latest_page`, and `further`, what asks it
        for those behind; `partners`, and `all_partners`, the page with more of them, or None.
        """
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        # Asked for when it is shown, since that may be kept already.
        newest: Any = SimpleLazyObject(
            lambda: begun(latest_articles(self.locale_id, LATEST_ON_HOME + 2), LATEST_ON_HOME + 1)
        )
        context["lead"] = SimpleLazyObject(lambda: newest[0][0] if newest[0] else None)
        context["latest"] = SimpleLazyObject(lambda: newest[0][1:])
        context["further"] = SimpleLazyObject(lambda: newest[1])
        partners = (
            open_to_all(PartnerPage.objects.live())
            .filter(locale=self.locale_id)
            .order_by("title", "pk")
            .select_related("logo")
            .prefetch_related("logo__renditions")
        )
        found: Any = SimpleLazyObject(
            lambda: once(
                ("partners on home", self.locale_id), lambda: list(partners[: PARTNERS_ON_HOME + 1]), of_partners=True
            )
        )
        context["partners"] = SimpleLazyObject(lambda: found[:PARTNERS_ON_HOME])
        context["all_partners"] = SimpleLazyObject(
            lambda: section_of_kind(PartnerIndexPage, self.path) if len(found) > PARTNERS_ON_HOME else None
        )
        context["latest_page"] = section_of_kind(LatestPostsPage, self.path)
        return context


class StandardPage(SitePage):
    """A standing page, such as the privacy notice."""

    introduction = models.TextField(_("introduction"), blank=True)
    body = StreamField(TextBlocks(), verbose_name=_("body"))

    template = "home/standard_page.html"
    has_steady_head = True
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.StandardPage"]
    subpage_types: ClassVar[list[str]] = ["home.StandardPage"]
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("body"),
    ]
    search_fields: ClassVar[list[index.BaseField]] = [
        *Page.search_fields,
        index.SearchField("introduction"),
        index.SearchField("body"),
    ]

    class Meta:
        verbose_name = _("standing page")
        verbose_name_plural = _("standing pages")


class PartnerContentPage(SitePage):
    """What the labels mean: one page a language, to which each label above an article leads."""

    introduction = models.TextField(_("introduction"), blank=True)
    closing = RichTextField(
        _("closing"),
        features=PARAGRAPH_FEATURES,
        blank=True,
        help_text=_("Stands below the kinds, which the site adds."),
    )

    template = "home/partner_content_page.html"
    has_steady_head = True
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("closing"),
    ]
    search_fields: ClassVar[list[index.BaseField]] = [
        *Page.search_fields,
        index.SearchField("introduction"),
        index.SearchField("closing"),
    ]

    class Meta:
        verbose_name = _("explanation of the labels")
        verbose_name_plural = _("explanations of the labels")

    @property
    def kinds(self) -> list[ExplainedKind]:
        """The kinds of partner content with their words, from the one record of them."""
        return explained_kinds()


@register_setting(icon="site")
class SiteDetails(BaseSiteSetting):
    """Who runs the site and how they are reached, shown in the footer of every page."""

    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    privacy_page = models.ForeignKey(
        StandardPage,
        verbose_name=_("privacy notice"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("organisation"),
        FieldPanel("contact_email"),
        FieldPanel("privacy_page"),
    ]

    class Meta:
        verbose_name = _("site details")
