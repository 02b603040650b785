"""What is a partner's article, and what does a reader see of it?"""

from functools import cached_property
from typing import Any, ClassVar

from django.db import models, transaction
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager, Revision
from wagtail.search import index

from partners.articles.article_form import ArticleForm
from partners.articles.blocks import ArticleBlocks, openable_offer
from partners.articles.disclosure import Disclosure, sentence_for, words_for
from partners.articles.label_change import keep_label_date, stored_label, write_down_label_change
from partners.articles.latest_page import LatestPostsPage
from partners.articles.listing import ArticleQuerySet, with_sponsors
from partners.articles.partner_page import PartnerPage
from partners.articles.publishing import require_publishable
from partners.articles.reading import reading_minutes
from partners.articles.topics import Topic

LATEST_BELOW_AN_ARTICLE = 4


def local_today() -> Any:
    """Return today's date in the site's time zone."""
    return timezone.localdate()


class PartnerArticlePage(Page):
    """An article of a partner. Its sponsor is its parent, so one without a sponsor cannot exist."""

    standfirst = models.TextField(_("standfirst"), max_length=400, help_text=_("One or two sentences under the title."))
    hero_image = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("hero image"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    hero_alt = models.CharField(
        _("alternative text"),
        max_length=250,
        blank=True,
        help_text=_("What the picture shows, for those who do not see it."),
    )
    hero_decorative = models.BooleanField(
        _("decorative"), default=False, help_text=_("The picture says nothing that the text does not say.")
    )
    body = StreamField(ArticleBlocks(), verbose_name=_("body"))
    disclosure = models.CharField(
        _("disclosure"),
        max_length=32,
        choices=Disclosure.choices,
        # A draft may have none; `publishing` asks for it, in words of its own.
        blank=True,
        help_text=_("Was it paid for, and who controlled the text? Readers see this above the title."),
    )
    publication_date = models.DateField(_("publication date"), default=local_today)
    topics = ParentalManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="articles")

    # When readers were last told something else than before about who paid; empty where that never happened.
    label_changed_at = models.DateTimeField(_("label changed"), null=True, editable=False)
    # Of the text that an import made this article from; empty for one that was written here.
    source_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)

    objects = PageManager.from_queryset(ArticleQuerySet)()

    base_form_class = ArticleForm
    template = "partners/partner_article_page.html"
    parent_page_types: ClassVar[list[str]] = ["partners.PartnerPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("disclosure"), FieldPanel("publication_date")], heading=_("Disclosure")),
        FieldPanel("standfirst"),
        MultiFieldPanel(
            [FieldPanel("hero_image"), FieldPanel("hero_alt"), FieldPanel("hero_decorative")], heading=_("Hero image")
        ),
        FieldPanel("body"),
        FieldPanel("topics", widget=CheckboxSelectMultiple),
    ]
    search_fields: ClassVar[list[index.BaseField]] = [
        *Page.search_fields,
        index.SearchField("standfirst"),
        index.SearchField("body"),
        index.FilterField("publication_date"),
        index.FilterField("disclosure"),
    ]

    class Meta:
        verbose_name = _("partner article")
        verbose_name_plural = _("partner articles")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-publication_date", "-page_ptr"], name="article_newest_first")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A draft may have no kind yet; `publishing` says what a published article needs, and a trigger repeats it.
            models.CheckConstraint(
                condition=models.Q(disclosure__in=["", *Disclosure.values]), name="article_disclosure_is_known"
            )
        ]

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> Any:
        """Publish `revision` as Wagtail does, or schedule it. Raises NotPublishable, in either case now."""
        require_publishable(revision.as_object())
        return super().publish(revision, *args, **kwargs)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the article; a label that readers have seen is changed with an entry in its history.

        Raises NotPublishable where it is live and something is missing, whether Wagtail validates it (`clean`) or not.
        """
        fields = kwargs.get("update_fields")
        if fields is not None and "disclosure" not in fields and "live" not in fields:
            # A draft is noted on the row of a live article: nothing of what readers see is written.
            super().save(*args, **kwargs)
            return
        if self.live:
            require_publishable(self)
        with transaction.atomic():
            stored = stored_label(self) if self.pk else None
            is_changed = keep_label_date(self, stored)
            super().save(*args, **kwargs)
            if is_changed:
                write_down_label_change(self, stored)

    def can_move_to(self, parent: Page) -> bool:
        """Say whether the article may stand below `parent`: a partner of its language, with a logo if it is live."""
        if not super().can_move_to(parent) or parent.locale_id != self.locale_id:
            return False
        return not self.live or PartnerPage.objects.filter(pk=parent.pk, logo__isnull=False).exists()

    @property
    def parent_path(self) -> str:
        """The parent's path in the page tree."""
        return str(self.path[: -self.steplen])

    @cached_property
    def sponsor(self) -> PartnerPage:
        """The partner whose article this is; listings load it for all of their articles at once."""
        return PartnerPage.objects.select_related("logo").get(path=self.parent_path)

    @property
    def disclosure_label(self) -> str:
        """The short label that stands before the title wherever the article is named."""
        return str(words_for(self.disclosure).label)

    @property
    def disclosure_sentence(self) -> str:
        """One sentence: who paid, and who controlled the text."""
        return sentence_for(self.disclosure, self.sponsor.title)

    @property
    def is_paid(self) -> bool:
        """Whether money was paid for the article; an undecided draft counts as paid."""
        return words_for(self.disclosure).paid

    @cached_property
    def reading_minutes(self) -> int:
        """Whole minutes that a reader needs for standfirst and body."""
        # What a search would find is the text itself; str() of a value of several fields is Python's account of it.
        texts = [
            text
            for block in self.body
            if block.block_type not in {"embed", "call_to_action"}
            for text in block.block.get_searchable_content(block.value)
        ]
        return reading_minutes("\n".join([self.standfirst, *texts]))

    @cached_property
    def offer(self) -> Any:
        """The first offer in the body that a reader can open, or None."""
        for block in self.body:
            if block.block_type == "call_to_action" and (offer := openable_offer(block.value.get("offer"))):
                return offer
        return None

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `latest`, the newest other articles of the language, and `latest_page`, where all of them are."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["latest"] = latest_articles(self.locale_id, LATEST_BELOW_AN_ARTICLE, excluding=self)
        context["latest_page"] = LatestPostsPage.objects.live().filter(locale=self.locale_id).first()
        return context


def latest_articles(
    locale_id: int, count: int, *, excluding: PartnerArticlePage | None = None
) -> list[PartnerArticlePage]:
    """Return the `count` newest published articles of a language, ready for cards, without `excluding`."""
    articles = PartnerArticlePage.objects.published().in_language(locale_id).newest_first().for_cards()
    if excluding is not None:
        articles = articles.exclude(pk=excluding.pk)
    return with_sponsors(articles[:count])
