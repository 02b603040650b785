"""What is written down while the site runs? Lines on standard error, without personal data."""

import logging
from typing import Any

from environs import env


def not_a_knock(record: logging.LogRecord) -> bool:
    """Say whether `record` is worth a line: no answer of 4xx to a call of the address for providers' reports is.

    Anybody may knock there as often as he likes; `partners.delivery.receiver` says so once an hour.
    """
    request, status = getattr(record, "request", None), getattr(record, "status_code", 0)
    return not (400 <= status < 500 and getattr(request, "path", "").startswith("/mail-events/"))


def as_a_warning(record: logging.LogRecord) -> bool:
    """Have what Django calls suspicious be a warning of one line, and return True: each is written.

    Anybody can send a form of 10,000 fields, and an error wakes somebody.
    """
    if record.name.startswith("django.security.") and record.levelno == logging.ERROR:
        record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
    return True


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        name: {"()": "django.utils.log.CallbackFilter", "callback": callback}
        for name, callback in (("not_a_knock", not_a_knock), ("as_a_warning", as_a_warning))
    },
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    # On the handler: a filter of a logger does not see what those below it write.
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["as_a_warning"]}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"filters": ["not_a_knock"]},
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # One line for every job would bury the rest; failures are warnings and errors.
        "procrastinate": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        # Who changed which page stands in Wagtail's own audit log.
        "wagtail": {"level": "WARNING"},
    },
}
