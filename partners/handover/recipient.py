"""Whose system gets requests, on which ground, and which kinds of data?"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """On which ground a system may have a request: it is our own, or the person agreed that the partner gets it."""

    OWN = "own", _("Ourselves")
    PARTNER = "partner", _("The partner, with the person's consent")


class DataKind(models.TextChoices):
    """The kinds of personal data that can be handed over, each by itself."""

    EMAIL = "email", _("E-mail address")
    NAME = "name", _("Name")
    COMPANY = "company", _("Company")
    ANSWERS = "answers", _("All answers of the form, name, company and e-mail address among them")
    CAMPAIGN = "campaign", _("Campaign by which the reader came")


class Recipient(models.Model):
    """A system outside, described by what it may have.

    Partner and form are known by their translation keys, which are the same in every language and outlive the pages;
    the names beside them are copies to show. For a partner, what counts is whom the person's consent names.
    """

    name = models.CharField(_("name"), max_length=60, help_text=_("For you: “CRM of Tidewater Robotics”."))
    ground = models.CharField(_("for whom"), max_length=8, choices=Ground)
    partner_key = models.UUIDField(null=True, editable=False)
    partner_name = models.CharField(_("partner"), max_length=255, blank=True, editable=False)
    form_key = models.UUIDField(null=True, editable=False)
    form_title = models.CharField(_("form"), max_length=255, blank=True, editable=False)
    kinds = ArrayField(models.CharField(max_length=10, choices=DataKind), verbose_name=_("kinds of data"), default=list)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="%(class)s_partner_is_known",
                condition=Q(ground="own") | Q(ground="partner", partner_key__isnull=False),
            ),
            models.CheckConstraint(
                name="%(class)s_kinds", condition=Q(kinds__contained_by=[str(kind) for kind in DataKind.values])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def gets(self, kind: DataKind) -> bool:
        """Say whether this kind of data may be handed over."""
        return str(kind) in self.kinds
