"""Two providers, set up as the settings of production do it, and what they post when they report."""

import hashlib
import hmac
import uuid
from base64 import b64encode
from typing import Any

import pytest

from partners.delivery.provider import KEY_NAME
from partners.delivery.record_event import message_key
from qianhai_site.settings.provider import provider_settings

SECRET = "reports:0123456789abcdef0123456789"
SIGNING_KEY = "signing-key-of-the-tests"
ENVIRONMENT = {
    "postmark": {"POSTMARK_SERVER_TOKEN": "postmark-token", "MAIL_WEBHOOK_SECRET": SECRET},
    "mailgun": {"MAILGUN_API_KEY": "mailgun-key", "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY},
    "sparkpost": {"SPARKPOST_API_KEY": "sparkpost-key", "MAIL_WEBHOOK_SECRET": SECRET},
}


def use_provider(settings: Any, name: str, url: str = "", timeout: float = 5.0) -> None:
    """Let the provider `name` carry the mail, its API at `url`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MAIL_WEBHOOK_SECRET", raising=False)
        for key, value in ENVIRONMENT[name].items():
            patch.setenv(key, value)
        if url:
            patch.setenv(f"{name.upper()}_API_URL", url)
        settings.ANYMAIL = provider_settings(name, timeout=timeout)
    settings.MAIL_PROVIDER = name
    settings.MAILERS = {"carrier": {"BACKEND": f"anymail.backends.{name}.EmailBackend"}}
    settings.DEFAULT_FROM_EMAIL = "Qianhai <hello@qianhai.example>"
    settings.MAIL_REPLY_TO = "desk@qianhai.example"


def basic(secret: str = SECRET) -> dict[str, str]:
    """Return the header that proves a provider without signatures."""
    return {"Authorization": f"Basic {b64encode(secret.encode()).decode()}"}


def postmark(kind: str, message_id: str = "", **fields: Any) -> dict[str, Any]:
    """Return the body of Postmark's webhook `kind`, with the fields that its documentation names."""
    shared = {
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "MessageStream": "outbound",
        "ServerID": 23,
        "Tag": "",
        "Metadata": {KEY_NAME: message_key(message_id)} if message_id else {},
    }
    delivery = {
        "RecordType": "Delivery",
        "Recipient": "reader@example.com",
        "DeliveredAt": "2026-11-20T13:28:10Z",
        "Details": "250 2.1.5 OK reader@example.com",
    }
    bounce = {
        "RecordType": "Bounce",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "smtp;550 5.1.1 <reader@example.com>: user unknown",
        "Email": "reader@example.com",
        "From": "hello@qianhai.example",
        "BouncedAt": "2026-11-20T14:00:00Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "Your brochure",
    }
    complaint = {
        **bounce,
        "RecordType": "SpamComplaint",
        "ID": 4323372036854775808,
        "Type": "SpamComplaint",
        "TypeCode": 512,
        "Name": "Spam complaint",
        "Description": "",
        "Details": "",
        "BouncedAt": "2026-11-21T08:00:00Z",
    }
    opened = {"RecordType": "Open", "Recipient": "reader@example.com", "FirstOpen": True, "UserAgent": "A browser"}
    bodies = {"delivered": delivery, "bounced": bounce, "complained": complaint, "opened": opened}
    return {**shared, **bodies[kind], **fields}


def mailgun(kind: str, message_id: str = "", key: str = SIGNING_KEY, token: str = "", **fields: Any) -> dict[str, Any]:
    """Return the body of Mailgun's webhook `kind`, signed with `key` as its documentation says."""
    token = token or uuid.uuid4().hex + uuid.uuid4().hex[:18]
    timestamp = "1795000000"
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    status: dict[str, Any] = {
        "delivered": {"code": 250, "message": "OK", "description": "", "mx-host": "mx.example.com"},
        "failed": {"code": 605, "message": "", "description": "Not delivering to previously bounced address"},
    }.get(kind, {})
    data = {
        "id": "CPgfbmQMTCKtHW6uIWtuVe",
        "timestamp": 1795000000.25,
        "log-level": "info",
        "event": kind,
        "recipient": "reader@example.com",
        "recipient-domain": "example.com",
        "delivery-status": status,
        "message": {"headers": {"to": "reader@example.com", "message-id": message_id.strip("<>"), "from": "x"}},
        "user-variables": {KEY_NAME: message_key(message_id)} if message_id else {},
        "tags": [],
        **fields,
    }
    return {"signature": {"token": token, "timestamp": timestamp, "signature": signature}, "event-data": data}


def sparkpost(kind: str, message_id: str, number: int) -> dict[str, Any]:
    """Return one event of a batch as SparkPost posts it."""
    return {
        "msys": {
            "message_event": {
                "type": kind,
                "event_id": f"92356927693813{number:04d}",
                "timestamp": "1795000000",
                "raw_rcpt_to": "reader@example.com",
                "rcpt_to": "reader@example.com",
                "rcpt_meta": {KEY_NAME: message_key(message_id)},
                "transmission_id": "65832150921904138",
                "raw_reason": "550 5.1.1 no such user" if kind == "bounce" else "",
                "bounce_class": "10" if kind == "bounce" else "0",
            }
        }
    }
