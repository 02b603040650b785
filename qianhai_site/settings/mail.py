"""By which server, and in whose name, does mail leave?"""

from typing import Any

from environs import env

from .provider import provider_settings

_security = env.str("MAIL_SECURITY", default="none")
if _security not in {"none", "starttls", "tls"}:
    raise ValueError(f"MAIL_SECURITY is {_security!r}: set it to none, starttls or tls.")

MAILERS: dict[str, dict[str, Any]] = {
    # What Django and Wagtail send themselves becomes a row like all other mail; the worker alone uses the carrier.
    "default": {"BACKEND": "partners.delivery.admin_mail.QueueingBackend"},
    "carrier": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.str("MAIL_HOST", default="127.0.0.1"),
            "port": env.int("MAIL_PORT", default=1025),
            "username": env.str("MAIL_USER", default="") or None,
            "password": env.str("MAIL_PASSWORD", default="") or None,
            "use_tls": _security == "starttls",
            "use_ssl": _security == "tls",
            # Seconds for one operation on the socket. Django's own default waits for ever.
            "timeout": env.float("MAIL_TIMEOUT", default=10.0),
        },
    },
}
# The name of a provider that carries the mail instead; empty where the server above does.
MAIL_PROVIDER = env.str("MAIL_PROVIDER", default="").strip().lower()
if MAIL_PROVIDER:
    ANYMAIL = provider_settings(MAIL_PROVIDER, timeout=env.float("MAIL_TIMEOUT", default=10.0))
    MAILERS["carrier"] = {"BACKEND": f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"}

DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="Qianhai <hello@qianhai.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# The desk that reads answers. Never the visitor's address as sender (it would fail DMARC).
MAIL_REPLY_TO = env.str("MAIL_REPLY_TO", default="desk@qianhai.example")
# Under which names the keys that sign our mail stand in the domain; `check_mail` looks at them.
MAIL_DKIM_SELECTORS: list[str] = env.list("MAIL_DKIM_SELECTORS", default=[])

# Seconds that delivery takes at most; what each bounds stands in `partners/delivery/timing.py` and docs/mail.md.
DELIVERY_CONVERSATION_SECONDS = env.float("DELIVERY_CONVERSATION_SECONDS", default=60.0)
DELIVERY_LEASE_SECONDS = env.float("DELIVERY_LEASE_SECONDS", default=15.0)
DELIVERY_SWEEP_SECONDS = env.float("DELIVERY_SWEEP_SECONDS", default=5.0)
DELIVERY_STOP_SECONDS = env.float("DELIVERY_STOP_SECONDS", default=20.0)
DELIVERY_OUTAGE_SECONDS = env.float("DELIVERY_OUTAGE_SECONDS", default=900.0)
# A message that is due for longer is a reason to call somebody.
DELIVERY_STUCK_SECONDS = env.float("DELIVERY_STUCK_SECONDS", default=900.0)

# Too much mail comes back where more than so many percent do of what was answered for in so many hours, and that was
# so many messages at least: below, one mistyped address would be an alarm.
MAIL_BOUNCE_HOURS = env.float("MAIL_BOUNCE_HOURS", default=24.0)
MAIL_BOUNCE_PERCENT = env.float("MAIL_BOUNCE_PERCENT", default=5.0)
MAIL_BOUNCE_MINIMUM = env.int("MAIL_BOUNCE_MINIMUM", default=20)
# Who is written to then, at most once a day; nobody where it is empty.
MAIL_ALARM_TO = env.str("MAIL_ALARM_TO", default="").strip()
