"""How does the receiver of a webhook know that it is ours? By a signature as Standard Webhooks describes it.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from partners.handover.endpoint import WebhookEndpoint

_SALT = "partners.handover.webhook-secret"


def _secret(endpoint: WebhookEndpoint, version: int, site_key: str | bytes) -> bytes:
    return salted_hmac(_SALT, f"{endpoint.key.hex}:{version}", secret=site_key, algorithm="sha256").digest()


def written_secret(endpoint: WebhookEndpoint) -> str:
    """Return the newest secret of `endpoint` as its receiver keeps it: 'whsec_' and 32 bytes in base 64."""
    return "whsec_" + base64.b64encode(_secret(endpoint, endpoint.secret_version, settings.SECRET_KEY)).decode()


def valid_secrets(endpoint: WebhookEndpoint, now: datetime) -> list[bytes]:
    """Return the secrets that sign at `now`, the newest first.

    Each counts for a day after it was changed, however often it is changed within the day: which of them a receiver
    has, nobody here knows. Each is also made from the site's former SECRET_KEYs, so that changing that key breaks no
    receiver.
    """
    ends = [end for end in (endpoint.former_until, *endpoint.earlier_until) if end is not None and now < end]
    oldest = max(endpoint.secret_version - len(ends), 1)
    versions = list(range(endpoint.secret_version, oldest - 1, -1))
    site_keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_secret(endpoint, version, key) for key in site_keys for version in versions]


def signed_headers(endpoint: WebhookEndpoint, event_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers that prove `body`, sent at `now`, to be ours: id, time in seconds, and signatures."""
    sent_at = str(int(now.timestamp()))
    content = b".".join([event_id.encode(), sent_at.encode(), body])
    signatures = [
        "v1," + base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
        for secret in valid_secrets(endpoint, now)
    ]
    return {"webhook-id": event_id, "webhook-timestamp": sent_at, "webhook-signature": " ".join(signatures)}
