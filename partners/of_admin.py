"""Which requests are for the admin?"""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


def is_of_admin(request: HttpRequest) -> bool:
    """Say whether `request` is for the admin; none is where a configuration of addresses has no admin."""
    try:
        return request.path.startswith(reverse("wagtailadmin_home"))
    except NoReverseMatch:
        return False
