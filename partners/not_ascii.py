"""Which texts have a letter that is not ASCII, as an index knows them?"""

from django.db.models import F, Func, IntegerField, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan


def is_not_ascii(field: str) -> Q:
    """Return the condition that the text in `field` has such a letter: it has more bytes than letters."""
    octets = Func(F(field), function="octet_length", output_field=IntegerField())
    return Q(GreaterThan(octets, Length(field)))
