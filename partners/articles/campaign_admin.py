"""How do editors keep campaigns, and see which of them end this month?"""

import datetime
from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import FETCH_PEERS
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.permissions import policy_registry
from wagtail.snippets.views.snippets import SnippetViewSet

from partners.articles.partner_campaign import STANDING_WORDS, Ending, PartnerCampaign, PartnerCampaignQuerySet

THIS_MONTH, NEXT_MONTH = "this", "next"
_PANEL_CAMPAIGNS = 10


class CampaignFilterSet(WagtailFilterSet):
    """What the list of campaigns is narrowed by."""

    ends = django_filters.ChoiceFilter(
        label=_("Ends"),
        choices=[(THIS_MONTH, _("this month")), (NEXT_MONTH, _("next month"))],
        method="ending_in_month",
    )
    standing = django_filters.ChoiceFilter(label=_("State"), choices=list(STANDING_WORDS.items()), method="in_standing")
    ending = django_filters.ChoiceFilter(label=_("At the end"), choices=Ending.choices)

    class Meta:
        model = PartnerCampaign
        fields: tuple[str, ...] = ()

    def ending_in_month(self, campaigns: PartnerCampaignQuerySet, name: str, value: str) -> PartnerCampaignQuerySet:
        """Keep those that end in this calendar month, or in the next."""
        day = timezone.localdate()
        if value == NEXT_MONTH:
            day = day.replace(day=1) + datetime.timedelta(days=31)
        return campaigns.ending_in_month(day)

    def in_standing(self, campaigns: PartnerCampaignQuerySet, name: str, value: str) -> PartnerCampaignQuerySet:
        """Keep those that are coming, running or over."""
        known = campaigns.with_standing()
        kept: PartnerCampaignQuerySet = known.filter(standing__startswith=value)
        return kept


class PartnerCampaignViewSet(SnippetViewSet):
    """Campaigns of partners, the one that ends last first."""

    model = PartnerCampaign
    icon = "date"
    menu_label = _("Campaigns")
    menu_order = 250
    add_to_admin_menu = True
    copy_view_enabled = False
    filterset_class = CampaignFilterSet
    list_display = [
        "name",
        Column("partner", label=_("Partner"), sort_key="partner__title"),
        Column("begins_words", label=_("Begins"), sort_key="starts_at"),
        Column("ends_words", label=_("Ends"), sort_key="ends_at"),
        Column("get_ending_display", label=_("At the end")),
        Column("standing_words", label=_("State")),
    ]
    search_fields = ["name", "partner__title"]
    search_backend_name = None
    list_per_page = 50
    panels = [
        FieldPanel("name"),
        FieldPanel("partner"),
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
        MultiFieldPanel(
            [FieldPanel("ending"), FieldPanel("redirect_page"), FieldPanel("redirect_address")], heading=_("At the end")
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> PartnerCampaignQuerySet:
        """Return the campaigns with their standing and partner, for the list."""
        return PartnerCampaign.objects.with_standing().select_related("partner").fetch_mode(FETCH_PEERS)


def keep_used_campaigns(request: HttpRequest, instances: list[Any]) -> HttpResponseRedirect | None:
    """Stop the deletion of campaigns that articles belong to, published or not: it would quietly bring them back."""
    chosen = [campaign.pk for campaign in instances if isinstance(campaign, PartnerCampaign)]
    kept = PartnerCampaign.objects.filter(pk__in=chosen, articles__isnull=False).distinct()
    if not kept:
        return None
    sentence = gettext(
        "A campaign with articles cannot be deleted: %(names)s. Prolong it, or take it out of the articles first."
    )
    messages.error(request, sentence % {"names": ", ".join(campaign.name for campaign in kept)})
    return redirect("wagtailsnippets_partners_partnercampaign:list")


class CampaignsPanel(Component):
    """What ends this month, on the admin's home: the next ends first."""

    name = "campaigns"
    template_name = "partners/campaigns/home_panel.html"
    order = 150

    def get_context_data(self, parent_context: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the campaigns that end in this calendar month, and where all of them are listed."""
        campaigns = PartnerCampaign.objects.ending_in_month(timezone.localdate()).with_standing()
        url = reverse("wagtailsnippets_partners_partnercampaign:list")
        return {
            "campaigns": campaigns.select_related("partner").order_by("ends_at", "pk")[:_PANEL_CAMPAIGNS],
            "url": f"{url}?ends={THIS_MONTH}",
        }


def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Put the panel on the home of whoever may change campaigns."""
    policy = policy_registry.get_by_type(PartnerCampaign)
    if policy.user_has_permission(request.user, "change"):
        panels.append(CampaignsPanel())
