"""With which environment variables do the processes of the local run start?"""

import os
from pathlib import Path

from .credentials import Credentials

PRODUCTION = "qianhai_site.settings.production"
DEVELOPMENT = "qianhai_site.settings.dev"
# What the settings read, and what therefore must not reach the tests from the shell that starts them.
SETTINGS = (
    "ALLOWED_HOSTS",
    "DATA_DIR",
    "DJANGO_SETTINGS_MODULE",
    "HTTPS_ONLY",
    "LOG_LEVEL",
    "MAIL_FROM",
    "MAIL_HOST",
    "MAIL_PASSWORD",
    "MAIL_PORT",
    "MAIL_REPLY_TO",
    "MAIL_SECURITY",
    "MAIL_TIMEOUT",
    "MAIL_USER",
    "SEARCH_ENGINES",
    "SECRET_KEY",
    "SITE_URL",
)


def site_environment(
    *, settings: str, database_url: str, data: Path, credentials: Credentials, site_url: str, smtp_port: int
) -> dict[str, str]:
    """Return the environment of the web server, the worker and manage.py.

    The caller's own SITE_URL, ALLOWED_HOSTS, SECRET_KEY and LOG_LEVEL win; its mail settings never do, so the local
    run writes to nobody but its own inbox.
    """
    chosen = {
        "SITE_URL": site_url,
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "SECRET_KEY": credentials.secret_key,
    }
    forced = {
        "DJANGO_SETTINGS_MODULE": settings,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data),
        # The local run serves on the loopback address, which has no certificate.
        "HTTPS_ONLY": "false",
        "MAIL_HOST": "127.0.0.1",
        "MAIL_PORT": str(smtp_port),
        "MAIL_USER": "",
        "MAIL_PASSWORD": "",
        "MAIL_SECURITY": "none",
        "PYTHONUNBUFFERED": "1",
    }
    return {**chosen, **os.environ, **forced}


def test_environment(*, database_url: str) -> dict[str, str]:
    """Return the environment of tests and checks: the caller's, without what would change the settings.

    Python keeps what it compiles, whatever the caller wants: else each process of a run would compile all tests anew.
    """
    own = {"DATABASE_URL": database_url, "PYTHONDONTWRITEBYTECODE": ""}
    return {name: value for name, value in os.environ.items() if name not in SETTINGS} | own
