"""Under which address does Wagtail believe the site to stand?"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Site


def set_site_address(**signal: Any) -> None:
    """Write SITE_URL into the default Site row, from which Wagtail makes every absolute address.

    Runs after each migration, so the environment is the one place where the address is said.
    """
    parts = urlsplit(settings.SITE_URL)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    for site in Site.objects.filter(is_default_site=True).exclude(hostname=parts.hostname, port=port):
        site.hostname = parts.hostname or "localhost"
        site.port = port
        site.save(update_fields=["hostname", "port"])
