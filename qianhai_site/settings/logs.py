"""What is written down while the site runs? Lines on standard error, without personal data."""

from typing import Any

from environs import env

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # One line for every job would bury the rest; failures are warnings and errors.
        "procrastinate": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        # Who changed which page stands in Wagtail's own audit log.
        "wagtail": {"level": "WARNING"},
    },
}
