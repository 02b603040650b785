"""How is it said in the admin whose system gets what?"""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Length, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.models import Page

from partners.articles.partner_page import PartnerPage
from partners.articles.years import is_meant, mistyped_year
from partners.brochures.request_page import BrochureRequestPage
from partners.handover.recipient import DataKind, Ground, Recipient


def one_of_each(pages: QuerySet[Any]) -> QuerySet[Any]:
    """Return one page of each translation, the default language's where there is one, by title."""
    newest = pages.model.objects.order_by("translation_key", "locale_id").distinct("translation_key")
    return pages.filter(pk__in=newest.values("pk")).order_by("title")


class FormPageField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic when it runs
    """A form, named with its partner."""

    def __init__(self, **options: Any) -> None:
        """Offer every form once, whatever languages it is in."""
        parent = Page.objects.filter(path=Substr(OuterRef("path"), 1, Length(OuterRef("path")) - Page.steplen))
        forms_ = BrochureRequestPage.objects.annotate(partner_title=Subquery(parent.values("title")[:1]))
        super().__init__(queryset=one_of_each(forms_), **options)

    def label_from_instance(self, obj: Any) -> str:
        """Return the form's title and its partner's."""
        return f"{obj.title} ({obj.partner_title})"


class RecipientForm(WagtailAdminModelForm):
    """What webhooks and tokens have in common."""

    kinds = forms.MultipleChoiceField(
        label=_("Kinds of data"),
        choices=DataKind,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "The reference, the form, the brochure, the language and the consents are always told. For a partner: no "
            "more than what the sentence names that people agree to."
        ),
    )

    class Media:
        css = {"all": ["css/handover.css"]}

    def save(self, commit: bool = True) -> Any:
        """Store the row, with the copies of what was chosen."""
        form, partner = self.cleaned_data.get("form_page"), self.cleaned_data.get("partner")
        row: Recipient = self.instance
        if form is not None:
            row.form_key, row.form_title = form.translation_key, form.title
        if form is not None and partner is None and (row.ground == Ground.PARTNER):
            partner = form.get_parent()
        if partner is not None:
            row.partner_key, row.partner_name = partner.translation_key, partner.title
        return super().save(commit)


class WebhookForm(RecipientForm):
    """A new webhook: of one form, in all its languages."""

    form_page = FormPageField(label=_("Form"), help_text=_("In every language that it has."))
    field_order: ClassVar[list[str]] = ["name", "form_page", "ground", "url", "kinds"]

    class Meta:
        fields: ClassVar[list[str]] = ["name", "ground", "url", "kinds"]


class WebhookChangeForm(RecipientForm):
    """What can be changed of a webhook: for whom it is, and of which form, stays."""

    class Meta:
        fields: ClassVar[list[str]] = ["name", "url", "active", "kinds"]

    def save(self, commit: bool = True) -> Any:
        """Store the change; switched on again, it is not gone any more."""
        row = super().save(commit=False)
        changed = [*self.Meta.fields]
        if self.cleaned_data["active"]:
            row.gone_at = None
            changed.append("gone_at")
        if commit:
            # Its secret may have been changed since the form read the row, or the row switched off by its receiver.
            row.save(update_fields=changed)
        return row


class TokenForm(RecipientForm):
    """A new token."""

    partner = forms.ModelChoiceField(
        queryset=one_of_each(PartnerPage.objects.all()),
        label=_("Partner"),
        required=False,
        help_text=_("Only requests to this partner. A token for a partner needs one."),
    )
    form_page = FormPageField(label=_("Form"), required=False, help_text=_("Only requests by this form."))
    expires_at = forms.DateTimeField(
        label=_("Valid until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    field_order: ClassVar[list[str]] = ["name", "ground", "partner", "form_page", "kinds", "expires_at"]

    class Meta:
        fields: ClassVar[list[str]] = ["name", "ground", "kinds", "expires_at"]

    def clean_expires_at(self) -> datetime:
        """Refuse a time that is over, and a mistyped year. Raises ValidationError."""
        moment: datetime = self.cleaned_data["expires_at"]
        if not is_meant(moment):
            raise mistyped_year()
        if moment <= timezone.now():
            raise ValidationError(_("Choose a time to come: the token is valid until then."))
        return moment

    def clean(self) -> dict[str, Any]:
        """Refuse a partner's token without a partner. Adds an error to `partner`."""
        cleaned: dict[str, Any] = super().clean()
        has_partner = cleaned.get("partner") or cleaned.get("form_page")
        if cleaned.get("ground") == Ground.PARTNER and not has_partner:
            self.add_error("partner", ValidationError(_("Choose the partner whose token this is.")))
        return cleaned
