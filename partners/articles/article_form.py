"""What does the editor refuse when an article is published, and let pass in a draft?"""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from partners.articles.notes import what_notes_lack
from partners.articles.partner_campaign import is_of_another_partner
from partners.articles.publishing import what_is_missing, what_kind_is_it, when_its_campaign_begins


class ArticleForm(WagtailAdminPageForm):
    """The form of an article: what is missing stands at its field, when publishing is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind := self.fields.get("disclosure"):
            # Wagtail marks it so, and waits with asking for it until the article is published.
            kind.required = True
            kind.error_messages["required"] = what_kind_is_it()

    def _post_clean(self) -> None:
        """Check the article as it would be stored; Django fills it in here, after the fields have been cleaned."""
        super()._post_clean()
        if not self.instance.path:
            # Not in the tree yet, which is where an article finds its sponsor.
            self.instance.sponsor = self.parent_page.specific
        self._check_campaign()
        if self.is_deferred_validation:
            return
        if "body" not in self.errors and (lacking := what_notes_lack(self.instance.body)):
            self.add_error("body", lacking)
        for field, message in what_is_missing(self.instance).items():
            if field not in self.fields:
                self.add_error(None, message)
            elif field not in self.errors:
                self.add_error(field, message)

    def _check_campaign(self) -> None:
        """Refuse another partner's campaign, and one that has not begun when the article would be published first."""
        campaign = self.instance.partner_campaign
        if campaign is None or "partner_campaign" not in self.fields or "partner_campaign" in self.errors:
            return
        if is_of_another_partner(campaign.pk, self.instance.sponsor):
            message = _("This is a campaign of another partner, “%(partner)s”.") % {"partner": campaign.partner.title}
            self.add_error("partner_campaign", message)
        elif not (self.is_deferred_validation or self.instance.live) and (
            waits := when_its_campaign_begins(self.instance)
        ):
            self.add_error("partner_campaign", waits)
