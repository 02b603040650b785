"""What time is it, where it decides what readers see? The database's, which all web servers and workers share."""

from django.db.models import Expression
from django.db.models.functions import Now


def database_now() -> Expression:
    """Return the moment at which the statement begins that this is part of, by the database's clock."""
    return Now()
