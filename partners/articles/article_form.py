"""What does the editor refuse when an article is published, and let pass in a draft?"""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from partners.articles.in_step import told_stricter
from partners.articles.notes import what_notes_lack
from partners.articles.partner_campaign import is_of_another_partner
from partners.articles.publishing import milder_than_told, what_is_missing, what_kind_is_it, when_its_campaign_begins
from partners.articles.years import is_meant, mistyped_year


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
        self._check_what_was_told_meanwhile()
        self._check_campaign()
        self._check_years()
        if self.is_deferred_validation:
            return
        if "body" not in self.errors and (lacking := what_notes_lack(self.instance.body)):
            self.add_error("body", lacking)
        for field, message in what_is_missing(self.instance).items():
            if field not in self.fields:
                self.add_error(None, message)
            elif field not in self.errors:
                self.add_error(field, message)
        if "disclosure" not in self.errors and (stricter := told_stricter(self.instance)) is not None:
            for field, messages in milder_than_told(self.instance, stricter).message_dict.items():
                self.add_error(field if field in self.fields else None, messages)

    def _check_years(self) -> None:
        """Refuse a year that nobody can mean. An end that is over has been refused already."""
        for name in ("go_live_at", "expire_at"):
            if name in self.fields and name not in self.errors and not is_meant(self.cleaned_data.get(name)):
                self.add_error(name, mistyped_year())

    def _check_what_was_told_meanwhile(self) -> None:
        """Refuse another kind or campaign than the article has by now, where its editor cannot have seen that one: it
        would be taken back in all languages by whoever opened the form before. The form then shows what was chosen,
        and counts the next time.
        """
        changed = self.fields.keys() & {"disclosure", "partner_campaign"} & set(self.changed_data) - self.errors.keys()
        if not changed or not self._is_out_of_date():
            return
        for name in changed:
            if not self._has_seen(name):
                choices = [(str(value or ""), str(words)) for value, words in self.fields[name].choices]
                now = dict(choices).get(str(self.initial.get(name) or ""), "–")
                message = _(
                    "Somebody has changed the article meanwhile: this is “%(now)s” by now. Choose, and save again."
                )
                self.add_error(name, message % {"now": now})

    def _is_out_of_date(self) -> bool:
        """Say whether a newer version was stored since the form was opened, as Wagtail's view does."""
        newest = self.instance.latest_revision
        if newest is None:
            return False
        if own := self.data.get("overwrite_revision_id"):
            return bool(own != str(newest.pk))
        if not (loaded := self.data.get("loaded_revision_id")):
            return False
        moment = self.data.get("loaded_revision_created_at", "")
        return bool(loaded != str(newest.pk) or moment != newest.created_at.isoformat())

    def _has_seen(self, name: str) -> bool:
        """Say whether what the article has by now as `name` is what it had when the form was opened.

        The newer version may be what the form itself has saved, a moment before its button was pressed.
        """
        known = self.data.get("overwrite_revision_id") or self.data.get("loaded_revision_id", "")
        newest = self.instance.latest_revision
        if known == str(newest.pk):
            # Written over since, as forms that save by themselves do with what they have saved before.
            return bool(newest.user_id == getattr(self.for_user, "pk", None))
        then = self.instance.revisions.filter(pk=known).first() if known.isdecimal() else None
        return then is not None and str(then.content.get(name) or "") == str(self.initial.get(name) or "")

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
