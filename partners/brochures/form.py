"""What does the visitor fill in, and is it fit to be accepted?"""

import re
import unicodedata
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from partners.articles.article_page import PartnerArticlePage
from partners.brochures.intake import Answer, Request

_key_signer = TimestampSigner(salt="partners.brochures.form-key")
ANSWER_FIELDS = ("name", "email", "company")


# A letter greets its reader by name: an address in it would make the form a way to send links to strangers.
_ADDRESS = re.compile(r"://|www\.|\S@\S|\b\S+\.(?:com|net|org|cn|hk|info|top|xyz)\b", re.IGNORECASE)


def article_key(value: str) -> int | None:
    """Return the primary key that a form's `article` field or a link's `?article=` names, None for anything else."""
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else None


def one_line(value: str) -> str:
    """Return `value` with its white space folded and without control or direction characters."""
    kept = "".join(" " if character.isspace() else character for character in value if _is_text(character))
    return " ".join(kept.split())


def _is_text(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


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
    article = forms.CharField(widget=forms.HiddenInput, required=False)

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Give an unsent form its one-time key."""
        kwargs["initial"] = {"key": new_key(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        # What it names is looked at in `to_request`; nothing about it is an error that a visitor could mend.
        self.fields["article"].validators = []

    def clean_name(self) -> str:
        """Return the name as one line. Raises ValidationError where nothing of it is left, or it holds an address."""
        name = one_line(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Enter your name."))
        if _ADDRESS.search(name):
            raise ValidationError(_("Enter your name alone, without an address of a site or of mail."))
        return name

    def clean_company(self) -> str:
        """Return the company as one line."""
        return one_line(self.cleaned_data["company"])

    def clean(self) -> dict[str, Any]:
        """Check the key.

        Adds an error to the form as a whole where the key is not one that this site signed.
        """
        cleaned = super().clean() or {}
        try:
            cleaned["key"] = uuid.UUID(_key_signer.unsign(self.data.get("key", "")))
        except (BadSignature, ValueError):
            self.errors.pop("key", None)
            self.add_error(None, _("The form had to be renewed. Please press the button again."))
        return cleaned

    def renew_key_if_refused(self) -> None:
        """Put a fresh key into a refused form whose own cannot be used again; a good one stays for the next try."""
        if self.non_field_errors():
            self.data = {**self.data.dict(), "key": new_key()}  # type: ignore[attr-defined]  # a QueryDict

    def to_request(self, form_page: Page) -> Request:
        """Return the valid form as a request to `form_page`; an unknown or unpublished article counts as none."""
        data = self.cleaned_data
        article = PartnerArticlePage.objects.published().filter(pk=article_key(data["article"])).first()
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
