"""What does the visitor fill in, and is it fit to be accepted?"""

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from partners.brochures.address_field import AddressField
from partners.brochures.campaign import read_tags
from partners.brochures.form_key import KeyRefused, new_key, read_key
from partners.brochures.intake import Answer, Request
from partners.brochures.known_form import asked_from
from partners.brochures.request_fields import Autofill, RequestField, RequestFormBuilder
from partners.brochures.words import one_line
from partners.keeping import once

# A letter greets its reader by name: an address in it would make the form a way to send links to strangers.
_ADDRESS = re.compile(r"://|www\.|\S@\S|\b\S+\.(?:com|net|org|cn|hk|info|top|xyz)\b", re.IGNORECASE)


def article_key(value: str) -> int | None:
    """Return the primary key that a form's `article` field or a link's `?article=` names, None for anything else."""
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else None


@dataclass(frozen=True)
class Questions:
    """What a form asks beside the address: fields by their names, to be copied, and in which order all are shown."""

    asked: Sequence[RequestField]
    fields: Mapping[str, forms.Field]
    order: Sequence[str]


def questions_of(page: Page) -> Questions:
    """Return the questions of `page`, stored or not, in the active language."""
    asked: list[RequestField] = list(page.request_fields.all())
    names = [name_of(question) for question in asked]
    # The address comes first, or second where the first question is the person's name.
    place = 1 if asked and asked[0].autofill == Autofill.NAME else 0
    return Questions(asked, RequestFormBuilder(asked).formfields, [*names[:place], "email", *names[place:]])


def known_questions(page: Page) -> Questions:
    """Return the questions of a stored `page` as `questions_of` does; an editor's change counts within a second."""
    kind, pk = type(page), page.pk
    return once(("questions", pk, get_language()), lambda: questions_of(kind._default_manager.get(pk=pk)))


class BrochureRequestForm(forms.Form):
    """An e-mail address, what the form's editor asks beside it, a one-time key, and where the reader came from."""

    email = AddressField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your e-mail address, so that we know where to send the brochure."),
        },
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=200)
    article = forms.CharField(widget=forms.HiddenInput, required=False)
    campaign = forms.CharField(widget=forms.HiddenInput, required=False)

    use_required_attribute = False

    def __init__(self, questions: Questions, *args: Any, **kwargs: Any) -> None:
        """Add the questions, and give an unsent form its one-time key."""
        kwargs["initial"] = {"key": new_key, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.questions = questions.asked
        self.fields.update(copy.deepcopy(dict(questions.fields)))
        self.order_fields(questions.order)
        # What they name is looked at in `to_request`; nothing about them is an error that a visitor could mend.
        for name in ("article", "campaign"):
            self.fields[name].validators = []

    def clean(self) -> dict[str, Any]:
        """Check the key, and that the name holds none of the addresses by which a stranger could be lured.

        Adds an error to the form as a whole where the key is not one that this site signed, or is too old.
        """
        cleaned = super().clean() or {}
        for question in self.questions:
            if question.autofill == Autofill.NAME and _ADDRESS.search(cleaned.get(name_of(question)) or ""):
                message = _("Enter your name alone, without an address of a site or of mail.")
                self.add_error(name_of(question), message)
        try:
            cleaned["key"] = read_key(self.data.get("key", "")).id
        except KeyRefused:
            self.errors.pop("key", None)
            self.add_error(None, _("The form had to be renewed. Please press the button again."))
        return cleaned

    def renew_key_if_refused(self) -> None:
        """Put a fresh key into a refused form whose own cannot be used again; a good one stays for the next try."""
        if self.non_field_errors():
            sent: Any = self.data  # a QueryDict: a list of values for each name
            self.data = sent.copy()
            self.data["key"] = new_key()  # type: ignore[index]  # a copy can be changed

    def typed(self) -> list[tuple[str, str]]:
        """Return what the visitor has filled in, valid or not, each answer with its question."""
        filled = []
        for field in self.visible_fields():
            value = field.value()
            if value and value is not True:
                filled.append((str(field.label), ", ".join(value) if isinstance(value, list) else str(value)))
        return filled

    def to_request(self, form_page: Page) -> Request:
        """Return the valid form as a request to `form_page`; an unknown or unpublished article counts as none."""
        data = self.cleaned_data
        article = asked_from(article_key(data["article"])).article
        kinds = {name_of(question): question.field_type for question in self.questions}
        answers = [
            Answer(key=name, label=str(field.label), kind=kinds.get(name, name), value=plain(data.get(name)))
            for name, field in self.fields.items()
            if name in kinds or name == "email"
        ]
        return Request(
            key=data["key"],
            form_page=form_page,
            article=article,
            email=data["email"],
            name=self._answer_about(Autofill.NAME),
            company=self._answer_about(Autofill.ORGANIZATION),
            answers=answers,
            campaign=read_tags(data["campaign"]),
        )

    def _answer_about(self, subject: Autofill) -> str:
        """Return the first answer of one line to what is known to be about `subject`, or nothing."""
        for question in self.questions:
            if question.autofill == subject:
                return one_line(str(plain(self.cleaned_data.get(name_of(question))) or ""))
        return ""


def name_of(question: RequestField) -> str:
    """Return the name by which the form knows `question`, in a preview of an unsaved one, too."""
    return str(question.clean_name or question.get_field_clean_name())


def plain(value: Any) -> str | bool | list[str]:
    """Return a cleaned value as it is stored: texts, yes or no, or a list of texts; times in ISO 8601."""
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [str(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
