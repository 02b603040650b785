"""Which questions does a form ask beside the e-mail address, as its editor built it?"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.contrib.forms.forms import FormBuilder, WagtailAdminFormPageForm
from wagtail.contrib.forms.models import AbstractFormField
from wagtail.models import TranslatableMixin

from partners.brochures.submission import COMPANY_LENGTH, NAME_LENGTH
from partners.brochures.words import many_lines, one_line

# Names that the form, its script or the browser's own form object use.
RESERVED = frozenset(
    {"email", "key", "article", "campaign", "csrfmiddlewaretoken", "action", "method", "target", "elements", "length"}
    | {"submit", "reset", "id"}
)
LONGEST_LINE = 255
LONGEST_TEXT = 5000
# Of the answers that have a column of their own.
_LENGTHS = {"name": NAME_LENGTH, "organization": COMPANY_LENGTH}


class Autofill(models.TextChoices):
    """What the browser may fill in: tokens of the HTML standard's list (WCAG 2.2, 1.3.5 asks for them).

    The first two also tell us what the answer is: the name that the letter greets, the company that the desk shows.
    """

    NAME = "name", _("The person's name (the letter greets it)")
    ORGANIZATION = "organization", _("The person's company")
    JOB_TITLE = "organization-title", _("Job title")
    TELEPHONE = "tel", _("Telephone number")
    COUNTRY = "country-name", _("Country or region")
    WEBSITE = "url", _("Website")
    NOTHING = "", _("Nothing that browsers know")


class RequestField(TranslatableMixin, AbstractFormField):
    """One question of a form. `clean_name`, made from its first label, is what its answers are known by for ever."""

    page = ParentalKey("partners.BrochureRequestPage", on_delete=models.CASCADE, related_name="request_fields")
    autofill = models.CharField(
        _("what it asks for"), max_length=30, choices=Autofill, blank=True, default=Autofill.NOTHING
    )

    panels: ClassVar[list[Panel]] = [*AbstractFormField.panels, FieldPanel("autofill")]

    class Meta(TranslatableMixin.Meta, AbstractFormField.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return str(self.label)

    def clean(self) -> None:
        """Refuse a question that the form asks by itself, and a choice without choices.

        Raises ValidationError on `label`, `choices` or `default_value`.
        """
        super().clean()
        name = self.clean_name or self.get_field_clean_name()
        if name in RESERVED or name.startswith("consent_"):
            raise ValidationError(
                {"label": _("The form uses this name itself; it always asks for the e-mail address. Choose another.")}
            )
        if self.field_type in {"dropdown", "multiselect", "radio", "checkboxes"} and not self.choices.strip():
            raise ValidationError({"choices": _("Give the choices, each on a line of its own.")})


def standard_fields(language: str) -> list[RequestField]:
    """Return the questions with which a form in `language` begins: a name, and a company if one likes."""
    with override(language):
        return [
            RequestField(
                label=gettext("Your name"),
                clean_name="name",
                field_type="singleline",
                autofill=Autofill.NAME,
                sort_order=0,
            ),
            RequestField(
                label=gettext("Company"),
                clean_name="company",
                field_type="singleline",
                required=False,
                autofill=Autofill.ORGANIZATION,
                sort_order=1,
            ),
        ]


class RequestPageForm(WagtailAdminFormPageForm):
    """The editor's form for a form: it begins with the standard questions, and no two have one name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the standard questions for a page that is being made."""
        page = kwargs.get("instance")
        if page is not None and page.pk is None and not args and not page.request_fields.exists():
            parent = kwargs.get("parent_page")
            page.request_fields = standard_fields(parent.locale.language_code if parent else "en")
        super().__init__(*args, **kwargs)


class OneLineField(forms.CharField):
    """Text of one line, without what cannot be seen."""

    def to_python(self, value: Any) -> str:
        """Return `value` with its white space folded."""
        return one_line(super().to_python(value) or "")


class ManyLinesField(forms.CharField):
    """Text of several lines, without what cannot be seen."""

    def to_python(self, value: Any) -> str:
        """Return `value` with its line ends as they are in Unix."""
        return many_lines(super().to_python(value) or "")


class RequestFormBuilder(FormBuilder):
    """Wagtail's form builder with the keyboards, limits and messages of this site."""

    def __init__(self, fields: Sequence[RequestField]) -> None:
        super().__init__(fields)

    def create_singleline_field(self, field: RequestField, options: dict[str, Any]) -> forms.Field:
        """Return a text of one line, with the keyboard that fits what it asks for."""
        kind = {Autofill.TELEPHONE: "tel", Autofill.WEBSITE: "url"}.get(Autofill(field.autofill), "text")
        options["widget"] = forms.TextInput(attrs={"type": kind, "inputmode": kind} if kind != "text" else {})
        return OneLineField(max_length=_LENGTHS.get(field.autofill, LONGEST_LINE), **options)

    def create_multiline_field(self, field: RequestField, options: dict[str, Any]) -> forms.Field:
        """Return a text of several lines."""
        return ManyLinesField(max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4}), **options)

    def create_email_field(self, field: RequestField, options: dict[str, Any]) -> forms.Field:
        """Return a second address, such as a colleague's."""
        return forms.EmailField(
            max_length=254, widget=forms.EmailInput(attrs={"inputmode": "email", "spellcheck": "false"}), **options
        )

    def create_number_field(self, field: RequestField, options: dict[str, Any]) -> forms.Field:
        """Return a number; as text, since a wheel turned by accident changes a number field."""
        return forms.DecimalField(
            max_digits=20, localize=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options
        )

    def create_date_field(self, field: RequestField, options: dict[str, Any]) -> forms.Field:
        """Return a date with the browser's own calendar."""
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)

    def create_datetime_field(self, field: RequestField, options: dict[str, Any]) -> forms.Field:
        """Return a date and time with the browser's own calendar."""
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.DateTimeField(widget=widget, **options)

    def create_checkbox_field(self, field: RequestField, options: dict[str, Any]) -> forms.Field:
        """Return one box, never ticked beforehand."""
        return forms.BooleanField(**{**options, "initial": False})

    def create_dropdown_field(self, field: RequestField, options: dict[str, Any]) -> forms.Field:
        """Return a choice that begins with none."""
        choices = [("", gettext("Please choose")), *self.get_formatted_field_choices(field)]
        return forms.ChoiceField(choices=choices, **options)

    def create_hidden_field(self, field: RequestField, options: dict[str, Any]) -> forms.Field:
        """Return a value that the editor set; it can hold nobody up."""
        options.update(required=False, widget=forms.HiddenInput)
        return OneLineField(max_length=LONGEST_LINE, **options)

    def get_field_options(self, field: RequestField) -> dict[str, Any]:
        """Return what all kinds share."""
        options: dict[str, Any] = super().get_field_options(field)
        missing = (
            _("Enter your name.")
            if field.autofill == Autofill.NAME
            else _("Please answer: %(label)s") % {"label": field.label}
        )
        options["error_messages"] = {"required": missing}
        return options

    @property
    def formfields(self) -> dict[str, forms.Field]:
        """Return the fields by name, with what the browser may fill in and where help is written."""
        made: dict[str, forms.Field] = super().formfields
        for field in self.fields:
            name = field.clean_name or field.get_field_clean_name()
            if field.autofill:
                made[name].widget.attrs["autocomplete"] = str(field.autofill)
            if made[name].label and isinstance(made[name], forms.DateField | forms.DateTimeField):
                made[name].error_messages["invalid"] = gettext("Enter a date, such as 2026-11-30.")
        return made
