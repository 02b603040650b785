"""What does the visitor fill in, and is it fit to be accepted?"""

import uuid
from typing import Any

from django import forms
from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from partners.articles.article_page import PartnerArticlePage
from partners.brochures.intake import Answer, Request

_key_signer = TimestampSigner(salt="partners.brochures.form-key")
ANSWER_FIELDS = ("name", "email", "company")


def new_key() -> str:
    """Return a signed, dated one-time key for one showing of the form."""
    return _key_signer.sign(uuid.uuid4().hex)


class BrochureRequestForm(forms.Form):
    """Name, address and company; a one-time key; the article over which the form was opened.

    Autocomplete tokens follow the HTML standard's list, as WCAG 2.2, 1.3.5 asks.
    """

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your e-mail address, so that we know where to send the brochure."),
            "invalid": _("This is not a complete e-mail address. It should look like name@example.com."),
        },
    )
    company = forms.CharField(
        label=_("Company"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=200)
    article = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Give an unsent form its one-time key."""
        kwargs["initial"] = {"key": new_key(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        """Return the name with its white space folded: it stands in one line of a letter."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_company(self) -> str:
        """Return the company with its white space folded."""
        return " ".join(self.cleaned_data["company"].split())

    def clean(self) -> dict[str, Any]:
        """Check the key.

        Adds an error to the form as a whole where the key is not one that this site signed.
        """
        cleaned = super().clean() or {}
        try:
            cleaned["key"] = uuid.UUID(_key_signer.unsign(self.data.get("key", "")))
        except (BadSignature, ValueError):
            self.errors.pop("key", None)
            self.add_error(None, _("This form was open for too long. Please press the button again."))
        return cleaned

    def renew_key_if_refused(self) -> None:
        """Put a fresh key into a refused form whose own cannot be used again; a good one stays for the next try."""
        if self.non_field_errors():
            self.data = {**self.data.dict(), "key": new_key()}  # type: ignore[attr-defined]  # a QueryDict

    def to_request(self, form_page: Page) -> Request:
        """Return the valid form as a request to `form_page`; an unknown or unpublished article counts as none."""
        data = self.cleaned_data
        article_id = data["article"]
        article = None
        if article_id.isascii() and article_id.isdecimal() and len(article_id) < 10:
            article = PartnerArticlePage.objects.published().filter(pk=int(article_id)).first()
        answers = [
            Answer(
                key=name, label=str(self.fields[name].label), kind=type(self.fields[name]).__name__, value=data[name]
            )
            for name in ANSWER_FIELDS
        ]
        return Request(
            key=data["key"],
            form_page=form_page.specific,
            article=article,
            email=data["email"],
            name=data["name"],
            company=data["company"],
            answers=answers,
        )
