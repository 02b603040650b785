"""Which requests are for the admin?"""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse


def is_of_admin(request: HttpRequest) -> bool:
    """Say whether `request` is for the admin; none is where a configuration of addresses has no admin."""
    address = _address(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())
    return bool(address) and request.path.startswith(address)


@lru_cache(maxsize=16)
def _address(configuration: str, prefix: str) -> str:
    """Return where the admin of a configuration of addresses is: asked for several times by each request."""
    try:
        return reverse("wagtailadmin_home", urlconf=configuration)
    except NoReverseMatch:
        return ""
