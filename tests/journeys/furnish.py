"""Make what a site lacks of the demo, by one process for all of it: `python -m tests.journeys.furnish`.

The administrator is made where DJANGO_SUPERUSER_PASSWORD is set.
"""

import os
from pathlib import Path

import django

from qianhai_site.local.prepare import collect_static, ensure_administrator

# As wide as a phone needs a hero; wider ones take longer to encode, and show nothing else.
WIDTH = 1280


def main() -> None:
    """Make tables, static files, demo and pictures; tell the database the site's address."""
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    collect_static(Path(settings.STATIC_ROOT))
    call_command("seed_demo", width=WIDTH)
    call_command("make_renditions")
    if password := os.environ.get("DJANGO_SUPERUSER_PASSWORD"):
        assert ensure_administrator(password)


if __name__ == "__main__":
    main()
