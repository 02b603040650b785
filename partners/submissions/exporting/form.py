"""What does a user choose about an export?"""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.articles.partner_page import PartnerPage
from partners.submissions.exporting.asking import Wish
from partners.submissions.exporting.export import Format, Kind


def partner_choices() -> list[tuple[str, str]]:
    """Return each partner once, in whatever languages it has a page: the key that consents name, and its name."""
    pages = PartnerPage.objects.order_by("-locale__language_code", "title").values_list("translation_key", "title")
    found = {str(key): title for key, title in pages}
    return sorted(found.items(), key=lambda choice: choice[1])


class ExportForm(forms.Form):
    """Which file, and for whom. `key` is made with the form: two clicks on its button repeat it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    format = forms.ChoiceField(label=_("File"), choices=Format.choices, widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label=_("For whom"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        help_text=_("A partner’s file holds of each person what the sentence names that he or she agreed to."),
    )
    partner = forms.ChoiceField(
        label=_("Partner"), required=False, help_text=_("Only where the file is for a partner.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin with a new key and what is asked for most."""
        kwargs["initial"] = {"key": uuid.uuid4(), "format": Format.CSV, "kind": Kind.OWN, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self._names = dict(partner_choices())
        partner: Any = self.fields["partner"]
        partner.choices = [("", _("Please choose")), *self._names.items()]

    def clean(self) -> dict[str, Any]:
        """Ask for the partner where the file is for one.

        Raises ValidationError on `partner`.
        """
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == Kind.PARTNER and not cleaned.get("partner") and "partner" not in self.errors:
            raise ValidationError({"partner": _("Choose the partner who will get the file.")})
        return cleaned

    def wish(self, user: Any, filters: dict[str, list[str]]) -> Wish:
        """Return what `user` asks for of the list under `filters`; the form is valid."""
        said = self.cleaned_data
        partner = said["partner"] if said["kind"] == Kind.PARTNER else ""
        return Wish(
            key=said["key"],
            user=user,
            format=said["format"],
            kind=said["kind"],
            partner_key=uuid.UUID(partner) if partner else None,
            partner_name=self._names.get(partner, ""),
            filters=filters,
        )
