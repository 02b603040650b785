"""Who has told us to send no more news, when nothing else is known of them any more?"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.encoding import punycode

from partners.delivery.recipient_domain import ascii_domain, has_another_domain

_SALT = "partners.brochures.suppression"


def digests(address: str) -> list[str]:
    """Return the keyed hashes of `address`: under the site's own key first, then under each former one.

    Those by which straße.de was taken for strasse.de, as our mail once did, come last: what was noted then counts on.
    HMAC with SHA-256 and a key derived from SECRET_KEY: whoever reads the table alone cannot try addresses against it.
    """
    return [*_of_own_domain(address), *_of_domain_of_2003(address)]


def _of_own_domain(address: str) -> list[str]:
    local, _, domain = address.strip().rpartition("@")
    try:
        return _hashes(local, ascii_domain(domain) if has_another_domain(domain) else punycode(domain))
    except UnicodeError:
        return _hashes(local, domain)


def _of_domain_of_2003(address: str) -> list[str]:
    local, _, domain = address.strip().rpartition("@")
    return _hashes(local, punycode(domain)) if has_another_domain(domain) else []


def _hashes(local: str, domain: str) -> list[str]:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    normal = f"{local}@{domain}".casefold()
    return [salted_hmac(_SALT, normal, secret=key, algorithm="sha256").hexdigest() for key in keys]


class Suppression(models.Model):
    """An address, as a keyed hash alone, to which no news may go until its holder confirms a new consent.

    It outlives the requests of the address, so that a list imported later cannot bring it back. Hong Kong's Cap. 593
    wants a request to unsubscribe kept for at least three years.
    """

    digest = models.CharField(max_length=64)
    since = models.DateTimeField(db_default=Now(), editable=False)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest"], condition=Q(lifted_at=None), name="suppression_once"),
        ]

    def __str__(self) -> str:
        return f"suppression {self.pk}"


def is_suppressed(address: str) -> bool:
    """Say whether no news may go to `address`. Ask before any list from elsewhere is used."""
    return Suppression.objects.filter(digest__in=digests(address), lifted_at=None).exists()


def suppress(address: str) -> None:
    """Note that no news may go to `address`; the caller holds the address (`consent_lock`)."""
    if not is_suppressed(address):
        Suppression.objects.create(digest=digests(address)[0])


def lift(address: str) -> None:
    """Let news go to `address` again; the caller holds the address and has just stored a confirmed consent.

    The wish of whoever has the address that it was once taken for stands.
    """
    Suppression.objects.filter(digest__in=_of_own_domain(address), lifted_at=None).update(lifted_at=Now())
