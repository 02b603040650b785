"""What is an operator told where a command cannot do its work, in place of a traceback?"""

import os

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError
from environs import EnvError
from psycopg import errors

SETTINGS = "DJANGO_SETTINGS_MODULE"


def words_for(error: BaseException) -> str | None:
    """Return what is wrong with the settings or the database, and how to mend it; None for any other error."""
    if isinstance(error, EnvError):
        return f"{error} See .env.example for what it should hold."
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    named = os.environ.get(SETTINGS, "")
    if isinstance(error, ModuleNotFoundError) and error.name and f"{named}.".startswith(f"{error.name}."):
        return f"{SETTINGS} is {named!r}, which there is not. On a server it is qianhai_site.settings.production."
    cause = error.__cause__
    if isinstance(error, OperationalError) and getattr(cause, "sqlstate", None) is None:
        return (
            f"The database cannot be reached: {str(error).strip()}\n"
            "Is it running, and does DATABASE_URL name it? For the database of `make run`: make manage ARGS='...'"
        )
    if isinstance(error, ProgrammingError) and isinstance(cause, errors.UndefinedTable | errors.UndefinedColumn):
        return f"The tables are not those of this release: {cause.diag.message_primary}. Run: manage.py migrate"
    return None
