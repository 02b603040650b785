"""Who may read the API, what, and until when? Whoever bears a token, of which only a hash is kept."""

import hashlib
import secrets
from datetime import timedelta
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.handover.recipient import Recipient

# Found by secret scanners, and by whoever reads a log, as what it is.
TOKEN_START = "qianhai_"  # noqa: S105  no secret
LONGEST_TOKEN = 100
# `last_used_at` is written at most so often.
_USED_EVERY = timedelta(minutes=1)


class Scope(models.TextChoices):
    """What a token allows to do."""

    REQUESTS_READ = "requests:read", _("Read requests")


def new_prefix() -> str:
    """Return the readable beginning of a new token: it names the token in the admin and in the log of accesses."""
    return TOKEN_START + secrets.token_hex(4)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Reads of tokens."""

    def usable(self) -> Self:
        """Keep those that open the API now."""
        return self.filter(digest__isnull=False, revoked_at__isnull=True, expires_at__gt=Now())


class ApiToken(Recipient):
    """A token for one system. `digest` is the SHA-256 of the whole token, empty until it was made and shown.

    It has 256 random bits, so a plain hash keeps it: there is nothing to guess.
    """

    prefix = models.CharField(_("begins with"), max_length=24, unique=True, default=new_prefix, editable=False)
    digest = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001  unique where known
    scopes = ArrayField(
        models.CharField(max_length=20, choices=Scope), verbose_name=_("scopes"), default=list, editable=False
    )
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta(Recipient.Meta):
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Recipient.Meta.constraints,
            # The token itself can never be stored here by mistake.
            models.CheckConstraint(
                name="api_token_is_hashed", condition=Q(digest__isnull=True) | Q(digest__regex=r"^[0-9a-f]{64}$")
            ),
        ]


def digest_of(token: str) -> str:
    """Return what is kept of `token`."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def make_token(row: ApiToken) -> str | None:
    """Make the token of `row` and return it, the only time that it is seen; None where it was made already."""
    token = f"{row.prefix}_{secrets.token_urlsafe(32)}"
    made = ApiToken.objects.filter(pk=row.pk, digest__isnull=True, revoked_at__isnull=True)
    return token if made.update(digest=digest_of(token)) == 1 else None


def revoke_token(row: ApiToken) -> bool:
    """Let the token open nothing any more; False where it was revoked already."""
    return ApiToken.objects.filter(pk=row.pk, revoked_at__isnull=True).update(revoked_at=Now()) == 1


def find_token(written: str) -> ApiToken | None:
    """Return the row of a token that opens the API now, or None.

    The same work for every kind of wrong token: one hash, one look into an index that holds hashes.
    """
    return ApiToken.objects.usable().filter(digest=digest_of(written[:LONGEST_TOKEN])).first()


def note_use(row: ApiToken) -> None:
    """Write down that the token was used now; once a minute is enough."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=Now() - _USED_EVERY)
    ApiToken.objects.filter(stale, pk=row.pk).update(last_used_at=Now())
