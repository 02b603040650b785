"""Where are webhooks sent, and under which secrets are they signed?"""

import ipaddress
import uuid
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.handover.address import ascii_host
from partners.handover.recipient import Recipient

# How long the former secret goes on signing beside the new one: time to put the new one in place.
FORMER_SECRET_LIFE = timedelta(hours=24)
_is_url = URLValidator(schemes=["https", "http"])


def is_loopback(host: str) -> bool:
    """Say whether `host`, a name or an address, is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def may_be_unencrypted(url: str) -> bool:
    """Say whether `url` may be http: on this machine, while it is a developer's."""
    return settings.DEBUG and is_loopback(urlsplit(url).hostname or "")


def validate_endpoint_url(url: str) -> None:
    """Refuse what webhooks are not sent to. Raises ValidationError."""
    try:
        parts = urlsplit(url)
        unwanted = [parts.username, parts.password] != [None, None] or parts.port == 0 or bool(parts.fragment)
    except ValueError as error:
        raise ValidationError(_("Enter an address that begins with https://.")) from error
    if parts.scheme != "https" and not (parts.scheme == "http" and may_be_unencrypted(url)):
        raise ValidationError(_("Enter an address that begins with https://."))
    # Django's validator knows no bare IPv6 loopback with zones and the like: what it refuses, nobody needs.
    _is_url(url)
    try:
        ascii_host(parts.hostname or "")
    except UnicodeError as error:
        raise ValidationError(_is_url.message, code=_is_url.code) from error
    if unwanted:
        raise ValidationError(_("The address must not hold a user, a password or a part after #."))


class WebhookEndpoint(Recipient):
    """An address that is told of a form's requests, in every language of the form.

    Secrets are not stored but derived (`signing.py`): `secret_version` counts them, `secret_shown` is the last one
    that somebody was shown. Until `former_until`, the one before signs as well; and until the times of `earlier_until`
    those before that, the newest first: a receiver may have none but the first of them.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    url = models.URLField(
        _("address"), max_length=500, validators=[validate_endpoint_url], help_text=_("Begins with https://.")
    )
    active = models.BooleanField(_("switched on"), default=True)
    # When it answered 410 (Gone), by which it switched itself off.
    gone_at = models.DateTimeField(_("switched itself off"), null=True, editable=False)
    secret_version = models.PositiveIntegerField(default=1, editable=False)
    secret_shown = models.PositiveIntegerField(default=0, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    earlier_until = ArrayField(models.DateTimeField(), default=list, db_default=[], editable=False)

    class Meta(Recipient.Meta):
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        permissions = [("manage_handover", "Can manage the hand-over of requests to other systems")]
        ordering: ClassVar[list[str]] = ["name", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["form_key"], name="webhook_endpoint_form")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Recipient.Meta.constraints,
            models.CheckConstraint(
                name="webhook_endpoint_url", condition=Q(url__startswith="https://") | Q(url__startswith="http://")
            ),
            models.CheckConstraint(
                name="webhook_endpoint_secret",
                condition=Q(secret_version__gte=1, secret_shown__lte=F("secret_version")),
            ),
            models.CheckConstraint(name="webhook_endpoint_gone", condition=Q(gone_at__isnull=True) | Q(active=False)),
        ]


def take_secret_to_show(endpoint: WebhookEndpoint) -> bool:
    """Count the newest secret as shown; False where it already was: nobody sees it twice."""
    shown = WebhookEndpoint.objects.filter(
        pk=endpoint.pk, secret_version=endpoint.secret_version, secret_shown__lt=endpoint.secret_version
    ).update(secret_shown=endpoint.secret_version)
    return shown == 1


def rotate_secret(endpoint: WebhookEndpoint) -> bool:
    """Go on to a new secret, and let the former one sign beside it for FORMER_SECRET_LIFE.

    Those that were changed before go on signing until their own time is over. `endpoint` is as its user saw it; False,
    and nothing changed, where a colleague was quicker.
    """
    with transaction.atomic():
        seen = WebhookEndpoint.objects.filter(pk=endpoint.pk, secret_version=endpoint.secret_version)
        stored: Any = seen.annotate(now=Now()).select_for_update(no_key=True).first()
        if stored is None:
            return False
        ends = [end for end in (stored.former_until, *stored.earlier_until) if end is not None and end > stored.now]
        seen.update(secret_version=F("secret_version") + 1, former_until=Now() + FORMER_SECRET_LIFE, earlier_until=ends)
    return True


def switch_off_gone(endpoint_id: int) -> bool:
    """Switch an endpoint off that answered 410 (Gone); False where it is off already."""
    return WebhookEndpoint.objects.filter(pk=endpoint_id, active=True).update(active=False, gone_at=Now()) == 1
