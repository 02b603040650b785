"""Which consents does a form ask for, and what does it tell about handing data over?"""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel

from partners.articles.offers import OfferPage
from partners.brochures.consent_wording import ConsentWording, Purpose, gain_sentence


class ConsentAskingPage(OfferPage):
    """The part of a form's page that switches its consent boxes on."""

    class Gain(models.TextChoices):
        """Whether anything is got in return for the data."""

        GAIN = "gain", _("For gain: we are paid or rewarded for it")
        NO_GAIN = "no_gain", _("Not for gain: we get nothing in return")

    consent_news = models.BooleanField(_("ask whether we may send news"), default=False)
    consent_handover = models.BooleanField(_("ask whether the partner may have the data"), default=False)
    consent_transfer = models.BooleanField(_("ask whether the data may leave mainland China"), default=False)
    handover_kinds = models.CharField(
        _("kinds of data handed over"),
        max_length=200,
        blank=True,
        help_text=_("Stands in the sentence, in this page's language: “name, e-mail address and company”."),
    )
    handover_goods = models.CharField(
        _("classes of goods and services"),
        max_length=200,
        blank=True,
        help_text=_("What the partner may advertise to the person: “office space and business services in Qianhai”."),
    )
    handover_gain = models.CharField(_("for gain or not"), max_length=8, choices=Gain, blank=True)

    consent_panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [
                FieldPanel("consent_news"),
                FieldPanel("consent_transfer"),
                FieldPanel("consent_handover"),
                FieldPanel("handover_kinds"),
                FieldPanel("handover_goods"),
                FieldPanel("handover_gain"),
            ],
            heading=_("Consent"),
            help_text=_(
                "Each becomes a box that starts empty and may stay empty: the brochure is sent either way. "
                "The last three are needed where the partner may have the data."
            ),
        )
    ]

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse a box without its sentence, and a handover that does not say what the law wants said.

        Raises ValidationError on the fields that are missing, and on a switch whose purpose has no wording in the
        page's language.
        """
        super().clean()
        missing = {}
        if self.consent_handover:
            missing = {field: message for field, message in _HANDOVER_NEEDS.items() if not getattr(self, field).strip()}
        language = self.locale.language_code
        switched_on = self.switched_on()
        worded = set(ConsentWording.objects.current(language).values_list("purpose", flat=True)) if switched_on else ()
        for purpose in switched_on:
            if purpose not in worded:
                missing[f"consent_{purpose}"] = _("There is no wording for this in the page's language yet: add one.")
        if missing:
            raise ValidationError(missing)

    def switched_on(self) -> list[Purpose]:
        """Return the purposes that this form asks about, in the order in which it shows them."""
        return [purpose for purpose in Purpose if getattr(self, f"consent_{purpose}")]

    def wording_values(self, language: str) -> dict[str, str]:
        """Return what stands for each placeholder of a wording; empty where this form does not say it."""
        site = settings.WAGTAIL_SITE_NAME
        return {
            "site": site,
            "partner": self.get_parent().title,
            "kinds": self.handover_kinds,
            "goods": self.handover_goods,
            "gain": gain_sentence(self.handover_gain, language, site) if self.handover_gain else "",
        }


_HANDOVER_NEEDS = {
    "handover_kinds": _("Name the kinds of data that the partner gets: the law wants the sentence to say so."),
    "handover_goods": _("Name the goods and services that the partner may advertise: the law wants it said."),
    "handover_gain": _("Say whether it is done for gain: the law wants the sentence to say so."),
}
