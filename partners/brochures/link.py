"""Who may open a brochure's file? Whoever holds a signed link that has not expired."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.brochures.brochure import BrochureFile
from partners.brochures.submission import Submission

# A letter of the alphabet that stands in no UUID: mail programs end a link at ':' less often than expected,
# but a dot inside a path is always safe.
_signer = Signer(sep=".", salt="partners.brochures.link")


def default_expiry() -> datetime:
    """Return the moment at which a link made now stops working."""
    return timezone.now() + timedelta(days=settings.BROCHURE_LINK_DAYS)


def key_of(token: str) -> uuid.UUID:
    """Return the key that `token` was signed for; for a token that this site did not sign, a key that no link has."""
    try:
        return uuid.UUID(hex=_signer.unsign(token))
    except (BadSignature, ValueError):
        # All links' keys are random and so of version 4; the nil UUID is of none.
        return uuid.UUID(int=0)


class BrochureLinkQuerySet(models.QuerySet["BrochureLink"]):
    """Reads of links."""

    def usable(self) -> "BrochureLinkQuerySet":
        """Keep the links that are neither expired nor revoked."""
        return self.filter(expires_at__gt=timezone.now(), revoked_at=None)

    def for_token(self, token: str) -> "BrochureLink | None":
        """Return the usable link that `token` (from a URL) stands for, or None.

        The database is asked the same question whatever the token is worth, so that the time of the answer tells
        nobody whether a link is wrong, expired or revoked.
        """
        return self.usable().select_related("brochure_file").filter(key=key_of(token)).first()


class BrochureLink(models.Model):
    """A link to one version of a brochure, made for one letter.

    The address holds a random key and its signature: the signature refuses a guess before the database is asked.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="links")
    brochure_file = models.ForeignKey(BrochureFile, on_delete=models.PROTECT, related_name="links")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), default=default_expiry)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BrochureLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("brochure link")
        verbose_name_plural = _("brochure links")
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return f"link {self.pk}"

    @property
    def token(self) -> str:
        """The part of the address that stands for this link."""
        return _signer.sign(self.key.hex)

    @property
    def url(self) -> str:
        """The absolute address that stands in the letter."""
        return settings.SITE_URL + reverse("brochure_file", args=[self.token])
