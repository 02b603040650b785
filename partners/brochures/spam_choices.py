"""What does a form's editor want done about signs that honest people show too?"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.models import Page


class Doubt(models.TextChoices):
    """What a doubtful sign leads to."""

    IGNORE = "ignore", _("Do nothing")
    NOTE = "note", _("Note it for the desk, and send the brochure")
    HOLD = "hold", _("Hold the request back until somebody at the desk releases it")


class SpamChoices(Page):
    """The switches of one form. With what they start with, nobody is held back for any of the three."""

    disposable_addresses = models.CharField(
        _("disposable addresses"),
        max_length=10,
        choices=Doubt,
        default=Doubt.NOTE,
        help_text=_("Mailboxes that exist for minutes, by a list of known providers."),
    )
    role_addresses = models.CharField(
        _("addresses of offices"),
        max_length=10,
        choices=Doubt,
        default=Doubt.IGNORE,
        help_text=_("Such as info@ and sales@. Small firms have no others."),
    )
    missing_proof = models.CharField(
        _("browsers that did no work"),
        max_length=10,
        choices=Doubt,
        default=Doubt.IGNORE,
        help_text=_(
            "Unless this is 'Do nothing', the reader's browser solves a small puzzle while the form is filled in. "
            "Robots rarely do; people without JavaScript cannot."
        ),
    )

    spam_panel: ClassVar[Panel] = MultiFieldPanel(
        [FieldPanel("disposable_addresses"), FieldPanel("role_addresses"), FieldPanel("missing_proof")],
        heading=_("Against misuse"),
        classname="collapsed",
    )

    class Meta:
        abstract = True

    @property
    def asks_for_proof(self) -> bool:
        """Say whether readers' browsers are given the puzzle."""
        return self.missing_proof != Doubt.IGNORE
