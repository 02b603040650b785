"""Where does a reader find every article, newest first?"""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.models import Page

from partners.articles.listing import page_of


class LatestPostsPage(Page):
    """'latest post': every published partner article of one language, page by page."""

    introduction = models.TextField(_("introduction"), blank=True)

    template = "partners/latest_posts_page.html"
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1
    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("list of the latest posts")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `articles`, the page of the listing that `?page=` asks for."""
        from partners.articles.article_page import PartnerArticlePage  # noqa: PLC0415  that module imports this one

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        articles = PartnerArticlePage.objects.published().in_language(self.locale_id).newest_first().for_cards()
        context["articles"] = page_of(request, articles)
        return context
