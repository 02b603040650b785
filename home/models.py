"""What stands at the front door: the home page, standing pages, and what the whole site says of itself."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from partners.articles.article_page import latest_articles
from partners.articles.blocks import INLINE_FEATURES, TextBlocks
from partners.articles.latest_page import LatestPostsPage
from partners.articles.partner_page import PartnerPage

LATEST_ON_HOME = 6


class HomePage(Page):
    """The root of one language's pages."""

    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    introduction = RichTextField(_("introduction"), features=INLINE_FEATURES, blank=True)

    template = "home/home_page.html"
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = [
        "partners.LatestPostsPage",
        "partners.PartnerIndexPage",
        "home.StandardPage",
    ]
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("tagline"),
        FieldPanel("introduction"),
    ]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `lead`, the newest article or None; `latest`, those after it; `partners`; `latest_page`."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        articles = latest_articles(self.locale_id, LATEST_ON_HOME + 1)
        context["lead"] = articles[0] if articles else None
        context["latest"] = articles[1:]
        context["partners"] = (
            PartnerPage.objects.live()
            .public()
            .filter(locale=self.locale_id)
            .order_by("title", "pk")
            .select_related("logo")
            .prefetch_related("logo__renditions")
        )
        context["latest_page"] = LatestPostsPage.objects.live().filter(locale=self.locale_id).first()
        return context


class StandardPage(Page):
    """A standing page, such as the privacy notice."""

    introduction = models.TextField(_("introduction"), blank=True)
    body = StreamField(TextBlocks(), verbose_name=_("body"))

    template = "home/standard_page.html"
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
