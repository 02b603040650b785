"""What is an editor told of the campaign of the article at hand?"""

from typing import Any

from wagtail.admin.panels import Panel

from partners.articles.partner_campaign import OVER, PartnerCampaign


class CampaignPanel(Panel):
    """How the article's campaign stands, above the field in which it is chosen; a warning where it is over."""

    class BoundPanel(Panel.BoundPanel):
        """The panel of one article."""

        template_name = "partners/campaigns/article_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """Add `campaign` with its standing, or None, and whether it `is_over`."""
            key = self.instance.partner_campaign_id
            campaign = PartnerCampaign.objects.with_standing().filter(pk=key).first() if key else None
            is_over = campaign is not None and getattr(campaign, "standing", "").startswith(OVER)
            return {**super().get_context_data(parent_context), "campaign": campaign, "is_over": is_over}
