"""What is a partner's article, and what does a reader see of it?"""

from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager, Revision
from wagtail.search import index

from partners.articles.after_campaign import answer_instead
from partners.articles.article_form import ArticleForm
from partners.articles.below_article import below_article
from partners.articles.blocks import ArticleBlocks, openable_offer, words_of
from partners.articles.campaign_panel import CampaignPanel
from partners.articles.carrying_campaign import keep_out_of_left_campaign
from partners.articles.dates import published_at, updated_at
from partners.articles.disclosure import Disclosure, labelled, sentence_for, words_for
from partners.articles.hero import hero_with_renditions
from partners.articles.in_step import NOTED, keeping_in_step, require_in_step
from partners.articles.label_change import keep_told_kind
from partners.articles.listing import ArticleQuerySet
from partners.articles.partner_campaign import Ending, PartnerCampaign, campaign_that_closed
from partners.articles.partner_page import PartnerPage, partner_at
from partners.articles.publishing import (
    require_begun_campaign,
    require_no_alias_in_its_own_language,
    require_publishable,
)
from partners.articles.reading import reading_minutes
from partners.articles.share.address import SharePicture, share_picture_of
from partners.articles.share.links import Sharing, sharing_of
from partners.articles.site_page import SitePage
from partners.articles.topics import Topic
from partners.articles.translated import OF_ARTICLES
from partners.keeping import once


def local_today() -> Any:
    """Return today's date in the site's time zone."""
    return timezone.localdate()


class PartnerArticlePage(SitePage):
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
    # Removing a campaign must not quietly bring its articles back; RESTRICT still lets both be deleted together.
    partner_campaign = models.ForeignKey(
        PartnerCampaign,
        verbose_name=_("campaign"),
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="articles",
        help_text=_("What the partner has booked, with its end. It counts for the article in all of its languages."),
    )
    topics = ParentalManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="articles")

    # When readers were last told something else than before about who paid; empty where that never happened.
    label_changed_at = models.DateTimeField(_("label changed"), null=True, editable=False)
    # While a draft says otherwise than its translations: the kind that they had in common; that its campaign is new.
    disclosure_before = models.CharField(max_length=32, null=True, editable=False)  # noqa: DJ001  '' is a kind of drafts
    has_new_campaign = models.BooleanField(default=False, editable=False)
    # Of the text that an import made this article from; empty for one that was written here.
    source_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)

    objects = PageManager.from_queryset(ArticleQuerySet)()

    # A copy is another article: nobody has seen another label of it.
    exclude_fields_in_copy: ClassVar[list[str]] = ["label_changed_at", *NOTED]

    has_steady_head = True
    base_form_class = ArticleForm
    override_translatable_fields = OF_ARTICLES
    template = "partners/partner_article_page.html"
    parent_page_types: ClassVar[list[str]] = ["partners.PartnerPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("disclosure"), FieldPanel("publication_date")], heading=_("Disclosure")),
        MultiFieldPanel([CampaignPanel(), FieldPanel("partner_campaign")], heading=_("Campaign")),
        FieldPanel("standfirst"),
        MultiFieldPanel(
            [FieldPanel("hero_image"), FieldPanel("hero_alt"), FieldPanel("hero_decorative")], heading=_("Hero image")
        ),
        FieldPanel("body"),
        FieldPanel("topics", widget=CheckboxSelectMultiple),
    ]
    search_fields: ClassVar[list[index.BaseField]] = [
        *Page.search_fields,
        *(index.SearchField(name) for name in ("standfirst", "body")),
        *(index.FilterField(name) for name in ("publication_date", "disclosure")),
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
        """Publish `revision` as Wagtail does, or schedule it. Raises NotPublishable, in either case now.

        The first publication waits for the article's campaign; what readers see already can be mended at any time.
        """
        article = revision.as_object()
        require_publishable(article)
        require_in_step(article)
        if not self.live:
            require_begun_campaign(article)
        return super().publish(revision, *args, **kwargs)

    def with_content_json(self, content: dict[str, Any]) -> "PartnerArticlePage":
        """Return the version that `content` describes, outside of a campaign that was left with another partner, and
        of no milder kind than readers were told since.
        """
        version: PartnerArticlePage = super().with_content_json(content)
        keep_out_of_left_campaign(version, self)
        keep_told_kind(version, self)
        return version

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the article; a label that readers have seen is changed with an entry in its history.

        Raises NotPublishable where it is live and something is missing, whether Wagtail validates it (`clean`) or not.
        """
        fields = kwargs.get("update_fields")
        if fields is not None and not {"disclosure", "live", "partner_campaign"} & set(fields):
            # A draft is noted on the row of a live article: nothing of what readers see is written.
            super().save(*args, **kwargs)
            return
        if self.live:
            require_publishable(self)
        elif not self.pk:
            require_no_alias_in_its_own_language(self)
        if fields is not None:
            kwargs["update_fields"] = fields = {*fields, "label_changed_at", *NOTED}
        with keeping_in_step(self, fields):
            super().save(*args, **kwargs)

    def can_move_to(self, parent: Page) -> bool:
        """Say whether the article may stand below `parent`: a partner of its language, with a logo if it is live."""
        if not super().can_move_to(parent) or parent.locale_id != self.locale_id:
            return False
        return not self.live or PartnerPage.objects.filter(pk=parent.pk, logo__isnull=False).exists()

    @property
    def parent_path(self) -> str:
        """The parent's path in the page tree."""
        return str(self.path[: -self.steplen])

    @classmethod
    def for_reader(cls) -> ArticleQuerySet:
        """Fetch what is shown beside an article's text as well."""
        return cls.objects.for_reader()

    @cached_property
    def sponsor(self) -> PartnerPage:
        """The partner whose article this is; listings load it for all of their articles at once."""
        return partner_at(self.parent_path)

    @cached_property
    def hero(self) -> Any:
        """The hero image or None, with what was made of it."""
        return hero_with_renditions(self)

    @property
    def disclosure_label(self) -> str:
        """The short label that stands before the title wherever the article is named."""
        return str(words_for(self.disclosure).label)

    @property
    def labelled_title(self) -> str:
        """The title after its label: what names the article where no design sets the two apart."""
        return labelled(self.disclosure_label, self.title)

    @property
    def title_in_tab(self) -> str:
        """The title for browsers and search results, after its label."""
        return labelled(self.disclosure_label, self.seo_title or self.title)

    @property
    def summary(self) -> str:
        """What the article is about, after its label and sponsor: for search results and shared links."""
        return " · ".join([self.disclosure_label, self.sponsor.title, self.search_description or self.standfirst])

    @property
    def published_at(self) -> datetime:
        """When the article came out."""
        return published_at(self)

    @property
    def updated_at(self) -> datetime:
        """When readers last saw something else of it, its label for example."""
        return updated_at(self)

    @property
    def disclosure_sentence(self) -> str:
        """One sentence: who paid, and who controlled the text."""
        return sentence_for(self.disclosure, self.sponsor.title)

    @property
    def is_paid(self) -> bool:
        """Whether money was paid for the article; an undecided draft counts as paid."""
        return words_for(self.disclosure).paid

    @cached_property
    def share_picture(self) -> SharePicture:
        """The labelled picture that stands for the article where its address is shared; never drawn by asking."""
        return share_picture_of(self)

    @cached_property
    def sharing(self) -> Sharing:
        """The words and the address that a reader passes on."""
        return sharing_of(self)

    @property
    def is_written_by_us(self) -> bool:
        """Whether our editors wrote it and controlled its text."""
        return self.disclosure == Disclosure.PAID_BY_PARTNER

    @cached_property
    def reading_minutes(self) -> int:
        """Whole minutes that a reader needs for standfirst and body."""
        return reading_minutes(f"{self.standfirst}\n{words_of(self.body)}")

    @cached_property
    def offer(self) -> Any:
        """The first offer in the body that a reader can open, or None."""
        for block in self.body:
            if block.block_type == "call_to_action" and (offer := openable_offer(block.value.get("offer"))):
                return offer
        return None

    @cached_property
    def campaign_over(self) -> PartnerCampaign | None:
        """The article's campaign where it is over now, else None."""
        pk, campaign_id = self.pk, self.partner_campaign_id
        return once(("campaign over", pk, campaign_id), lambda: campaign_that_closed(pk)) if campaign_id else None

    @property
    def is_unlisted(self) -> bool:
        """Whether the article is shown to whoever has its address alone, since its campaign is over."""
        return self.campaign_over is not None and self.campaign_over.ending != Ending.STAYS

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with the article, or with what its campaign has left of it."""
        if (instead := answer_instead(self, request)) is not None:
            return instead
        response: HttpResponseBase = super().serve(request, *args, **kwargs)
        if self.is_unlisted:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what stands beside and below the text: `latest`, `further`, `latest_page`, `topics` and `related`."""
        return {**super().get_context(request, *args, **kwargs), **below_article(self)}
