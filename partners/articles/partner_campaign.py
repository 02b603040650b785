"""For how long does a partner's campaign run, and what becomes of its articles afterwards?

The tags of links by which readers come (`utm_campaign`) are something else: `brochures/campaign.py`.
"""

import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from wagtail.models import Page

from partners.articles import clock
from partners.articles.years import is_meant, mistyped_year

COMING, RUNNING, OVER = "coming", "running", "over"
STANDING_WORDS = {COMING: _("not begun"), RUNNING: _("running"), OVER: _("over")}


class Ending(models.TextChoices):
    """What becomes of a campaign's articles at its end. In every case forms close and 'latest post' drops them."""

    STAYS = "stays", _("The page stays, and lists keep it")
    UNLISTED = "unlisted", _("The page stays, but no list, feed, sitemap or search names it")
    REDIRECTS = "redirects", _("The page leads to another one")
    GONE = "gone", _("The page is gone (410)")


# Of these nothing is shown at the article's own address.
LEAVING = (Ending.REDIRECTS, Ending.GONE)


class PartnerCampaignQuerySet(models.QuerySet["PartnerCampaign"]):
    """Reads of campaigns; what time it is, the database says."""

    def over(self) -> Self:
        """Keep those whose end has come."""
        return self.filter(ends_at__lte=clock.database_now())

    def with_standing(self) -> Any:
        """Add `standing`: coming, running or over, the last followed by a colon and what is done with the pages."""
        now = clock.database_now()
        return self.annotate(
            standing=Case(
                When(ends_at__lte=now, then=Concat(Value(f"{OVER}:"), F("ending"))),
                When(starts_at__gt=now, then=Value(COMING)),
                default=Value(RUNNING),
                output_field=models.CharField(),
            )
        )

    def ending_in_month(self, day: datetime.date) -> Self:
        """Keep those that end in the calendar month of `day`, in the site's time zone."""
        first = day.replace(day=1)
        following = (first + datetime.timedelta(days=31)).replace(day=1)
        return self.filter(ends_at__gte=_midnight(first), ends_at__lt=_midnight(following))


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


class PartnerCampaign(models.Model):  # type: ignore[django-manager-missing]  # `articles` has a queryset's manager
    """What a partner has booked: from when until when its articles, in all of their languages, are promoted.

    `starts_at` is the first moment that belongs to it, `ends_at` the first that does not.
    """

    name = models.CharField(_("name"), max_length=120, help_text=_("For editors; readers do not see it."))
    # A partner may be deleted; what was decided about the pages outlives it.
    partner = models.ForeignKey(
        "partners.PartnerPage", verbose_name=_("partner"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    starts_at = models.DateTimeField(_("begins"), help_text=_("Its articles cannot be published earlier."))
    ends_at = models.DateTimeField(
        _("ends"),
        help_text=_("At this moment forms close and ‘latest post’ drops its articles. A later end undoes it."),
    )
    ending = models.CharField(
        _("at the end"), max_length=12, choices=Ending.choices, default=Ending.STAYS, help_text=_("The label stays.")
    )
    redirect_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page it leads to"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Where this is chosen above. Without a page or an address, it leads to the partner’s page."),
    )
    redirect_address = models.CharField(
        _("or address it leads to"),
        max_length=255,
        blank=True,
        help_text=_("Of this site, beginning with a slash, for what is not a page, such as /search/?q=port."),
    )
    # What `campaign_turning` has told of last: the standing then.
    told = models.CharField(max_length=24, blank=True, editable=False)

    objects = PartnerCampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign of a partner")
        verbose_name_plural = _("campaigns of partners")
        ordering: ClassVar[list[str]] = ["-ends_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["ends_at"], name="partner_campaign_ends")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="partner_campaign_ends_after_start",
                violation_error_message=_("The end must come after the beginning."),
            ),
            models.CheckConstraint(condition=Q(ending__in=Ending.values), name="partner_campaign_ending_is_known"),
            # One slash: with two, or with a backslash, browsers go to another site.
            models.CheckConstraint(
                condition=Q(redirect_address="") | Q(redirect_address__regex=r"^/($|[^/\\])"),
                name="partner_campaign_redirects_within",
                violation_error_message=_("Enter an address of this site that begins with one slash."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse two destinations, an address that a browser would read as another site's, and mistyped years.

        Raises ValidationError on the field to mend.
        """
        super().clean()
        if self.redirect_page_id and self.redirect_address:
            raise ValidationError({"redirect_address": _("Choose a page or enter an address, not both.")})
        if any(character.isspace() or not character.isprintable() for character in self.redirect_address):
            # Browsers drop tabs and line breaks: '/\t/elsewhere' is '//elsewhere'.
            raise ValidationError({"redirect_address": _("Enter an address of this site that begins with one slash.")})
        mistyped = [field for field in ("starts_at", "ends_at") if not is_meant(getattr(self, field))]
        if mistyped:
            raise ValidationError({field: mistyped_year() for field in mistyped})
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The end must come after the beginning.")})

    @property
    def standing_words(self) -> str:
        """Say whether it runs, for editors."""
        known = getattr(self, "standing", None)
        if known is None:
            known = type(self).objects.with_standing().values_list("standing", flat=True).get(pk=self.pk)
        return str(STANDING_WORDS[str(known).partition(":")[0]])

    @property
    def begins_words(self) -> str:
        """The beginning, in the site's time zone and the active language."""
        return in_words(self.starts_at)

    @property
    def ends_words(self) -> str:
        """The end, in the site's time zone and the active language."""
        return in_words(self.ends_at)


def in_words(moment: datetime.datetime) -> str:
    """Return date and time as they stand in a sentence, in the site's time zone and the active language."""
    return date_format(timezone.localtime(moment), pgettext("date and time format", "j F Y, H:i"))


def still_listed() -> Q:
    """Return the condition under which an article's campaign lets lists name it now."""
    return still_new() | Q(partner_campaign__ending=Ending.STAYS)


def still_new() -> Q:
    """Return the condition under which an article's campaign lets 'latest post' name it now."""
    return Q(partner_campaign=None) | Q(partner_campaign__ends_at__gt=clock.database_now())


def campaigns_that_unlist(page_id: Any) -> QuerySet[PartnerCampaign]:
    """Return the campaigns because of which no list names the page `page_id` any more, whatever kind it is of."""
    return PartnerCampaign.objects.over().exclude(ending=Ending.STAYS).filter(articles=page_id)


def campaign_that_closed(article_id: int | None) -> PartnerCampaign | None:
    """Return the campaign of the article, published or not, where it is over; else None."""
    if article_id is None:
        return None
    return PartnerCampaign.objects.over().filter(articles=article_id).select_related("partner").first()


def begins_later(campaign_id: int | None, moment: datetime.datetime | None) -> datetime.datetime | None:
    """Return when the campaign begins, if `moment` (the database's now, without one) is before that; else None."""
    if campaign_id is None:
        return None
    at: Any = moment or clock.database_now()
    return PartnerCampaign.objects.filter(pk=campaign_id, starts_at__gt=at).values_list("starts_at", flat=True).first()


def is_of_another_partner(campaign_id: int | None, partner: Page) -> bool:
    """Say whether the campaign was booked by another partner than `partner`, in whichever language that one stands."""
    if campaign_id is None:
        return False
    # One whose partner was deleted is nobody else's.
    booked = PartnerCampaign.objects.filter(pk=campaign_id, partner__isnull=False)
    return booked.exclude(partner__translation_key=partner.translation_key).exists()


def leads_away(page: Page) -> bool:
    """Say whether `page` is an article whose campaign is over and has left nothing at its address."""
    return PartnerCampaign.objects.over().filter(articles=page.pk, ending__in=LEAVING).exists()
