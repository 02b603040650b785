"""Which users of the admin see requests for the sake of a partner, and of which partner?"""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from partners.articles.partner_page import PartnerPage
from partners.brochures.consent_record import ConsentRecord
from partners.brochures.consent_wording import Purpose

# Not a right on requests: Wagtail's site history shows the whole log of a model to whoever has any right on it.
PARTNER_RIGHT = "partners.view_handed_over"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class PartnerViewer(models.Model):
    """A tie of a user to a partner, in every language of the partner's page.

    It gives nothing by itself: the right decides how far a user sees (PARTNER_RIGHT: what people agreed to have
    handed over), the ties decide of whom. So one that is forgotten shows nothing, and none widens what is seen.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="partner_ties", verbose_name=_("user")
    )
    partner = models.ForeignKey(
        PartnerPage, on_delete=models.CASCADE, related_name="viewers", verbose_name=_("partner")
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("partner viewer")
        verbose_name_plural = _("partner viewers")
        ordering: ClassVar[list[str]] = ["partner__title", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "partner"], name="partner_viewer_once")
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.partner}"

    def clean(self) -> None:
        """Refuse a second tie to the same partner by way of another language. Raises ValidationError on `partner`."""
        super().clean()
        if self.user_id is None or self.partner_id is None:
            return
        same = PartnerViewer.objects.filter(user=self.user_id, partner__translation_key=self.partner.translation_key)
        if same.exclude(pk=self.pk).exists():
            raise ValidationError({"partner": _("This user sees the requests of this partner already.")})


def has_partner_right(user: Any) -> bool:
    """Say whether `user` may see requests of partners that he or she is tied to; true of every superuser."""
    return bool(user.has_perm(PARTNER_RIGHT))


def holders_of_the_partner_right() -> QuerySet[User]:
    """Return the users who may see requests of partners that they are tied to, without superusers."""
    return User.objects.with_perm(PARTNER_RIGHT, include_superusers=False, backend=_BACKEND)


def agreed_for_partners_of(user: Any) -> Exists:
    """Return the condition on requests that their person agrees, at this moment, to a handover to a partner of `user`.

    What counts is whom the consent names, not below which page the form stands today: a form that has moved to another
    partner shows that one nothing of the old requests, and a form that was deleted takes nothing away.
    """
    # Read first: the few keys tell the database which of its indexes serves, a subquery does not.
    keys = list(PartnerViewer.objects.filter(user=user.pk).values_list("partner__translation_key", flat=True))
    records = ConsentRecord.objects.in_force().filter(purpose=Purpose.HANDOVER, partner_key__in=keys)
    return Exists(records.filter(submission=OuterRef("pk")))


def partner_right() -> QuerySet[Permission]:
    """Return PARTNER_RIGHT as a row, for the admin's form of a group."""
    app_label, codename = PARTNER_RIGHT.split(".")
    return Permission.objects.filter(content_type__app_label=app_label, codename=codename)
