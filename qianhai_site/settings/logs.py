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


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"not_a_knock": {"()": "django.utils.log.CallbackFilter", "callback": not_a_knock}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
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
