"""Which years can be meant where somebody types a date? One that is mistyped is refused before it breaks a page.

Near the first and the last year that Python knows a moment has none in another time zone: the database takes it, and no
page that shows it can be drawn.
"""

import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

YEARS = range(2000, 3000)


def is_meant(moment: datetime.date | None) -> bool:
    """Say whether the year of `moment`, if there is one, is one of YEARS."""
    return moment is None or moment.year in YEARS


def mistyped_year() -> ValidationError:
    """Return what is said of a year that is none of YEARS."""
    years = {"first": str(YEARS[0]), "last": str(YEARS[-1])}
    return ValidationError(_("Check the year: it lies between %(first)s and %(last)s."), params=years)
