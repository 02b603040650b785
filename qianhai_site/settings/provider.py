"""Which provider carries the mail instead of a mail server, and how does it prove who it is when it reports?"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import env


@dataclass(frozen=True)
class Provider:
    """What django-anymail asks of a provider's account, each from an environment variable <NAME>_<KEY>.

    `signing_key` is the one with which the provider signs its reports. Without it, reports are proved by the user and
    password of MAIL_WEBHOOK_SECRET.
    """

    keys: tuple[str, ...]
    signing_key: str = ""
    options: tuple[str, ...] = ("API_URL",)


# Those of django-anymail that carry our headers and our key of a message, and let us forbid tracking by message.
PROVIDERS = {
    "mailgun": Provider(("API_KEY",), "WEBHOOK_SIGNING_KEY", ("SENDER_DOMAIN", "API_URL")),
    "mailjet": Provider(("API_KEY", "SECRET_KEY")),
    "mandrill": Provider(("API_KEY",), "WEBHOOK_KEY", ("WEBHOOK_URL", "API_URL")),
    "postmark": Provider(("SERVER_TOKEN",), options=("MESSAGE_STREAM", "API_URL")),
    "sparkpost": Provider(("API_KEY",), options=("SUBACCOUNT", "API_URL")),
    "unisender_go": Provider(("API_KEY", "API_URL"), "API_KEY"),
}

# user:password. The password goes over the wire with every report, so it is none that a person would think of.
SHORTEST_PASSWORD = 20


def provider_settings(name: str, timeout: float) -> dict[str, Any]:
    """Return Django's setting ANYMAIL for the provider `name`, whose calls may take `timeout` seconds each.

    Raises ImproperlyConfigured where the name is unknown, a key is missing, or a stranger could report.
    """
    provider = PROVIDERS.get(name)
    if provider is None:
        raise ImproperlyConfigured(f"MAIL_PROVIDER is {name!r}: leave it empty, or name one of {', '.join(PROVIDERS)}.")
    prefix = name.upper()
    needed = {f"{prefix}_{key}" for key in (*provider.keys, provider.signing_key) if key}
    possible = needed | {f"{prefix}_{key}" for key in provider.options}
    values: dict[str, Any] = {key: value for key in possible if (value := env.str(key, default="").strip())}
    if missing := sorted(needed - values.keys()):
        raise ImproperlyConfigured(
            f"MAIL_PROVIDER is {name!r}, which needs {' and '.join(missing)}. See docs/mail.md, 'Providers'."
        )
    return {
        **values,
        # One operation on the connection; the conversation's own limit bounds the whole.
        "REQUESTS_TIMEOUT": timeout,
        "WEBHOOK_SECRET": _webhook_secret(is_needed=not provider.signing_key),
        # Nobody learns who opened a letter or followed a link in it.
        "SEND_DEFAULTS": {"track_opens": False, "track_clicks": False},
        # Postmark replaces the Message-ID without this.
        "POSTMARK_SEND_DEFAULTS": {"extra_headers": {"X-PM-KeepID": "true"}},
    }


def _webhook_secret(*, is_needed: bool) -> list[str]:
    secret = env.str("MAIL_WEBHOOK_SECRET", default="").strip()
    if not secret and not is_needed:
        return []
    user, _, password = secret.partition(":")
    if not user or len(password) < SHORTEST_PASSWORD:
        raise ImproperlyConfigured(
            "MAIL_WEBHOOK_SECRET is missing or weak: set it to user:password, the password of at least "
            f"{SHORTEST_PASSWORD} random characters. Make one with: "
            "python -c 'import secrets; print(\"reports:\" + secrets.token_hex(20))'"
        )
    return [secret]
