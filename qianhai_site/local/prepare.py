"""Are the tables, static files, demo and administrator there? One process for all, since each start takes seconds.

Run as `python -m qianhai_site.local.prepare`, with the site's environment and DJANGO_SUPERUSER_PASSWORD.
Ends with code 0 where that is the administrator's password, with OTHER_PASSWORD where it is another one.
"""

import hashlib
import os
import sys
from pathlib import Path

import django

ADMINISTRATOR = "admin"
OTHER_PASSWORD = 20


def main() -> None:
    """Bring the database and the folder of static files up to date; every step may be repeated."""
    django.setup()
    from django.conf import settings  # noqa: PLC0415  Django must be set up first
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)
    if not settings.DEBUG:
        collect_static(Path(settings.STATIC_ROOT))
    call_command("seed_demo")
    sys.exit(0 if ensure_administrator(os.environ["DJANGO_SUPERUSER_PASSWORD"]) else OTHER_PASSWORD)


def collect_static(root: Path) -> None:
    """Hash, compress and store the static files, unless they are those of the last time."""
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = Path(storage.path(path)).stat()
            seen.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    marker = root / ".collected"
    if marker.exists() and marker.read_text() == seen.hexdigest():
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    marker.write_text(seen.hexdigest())


def ensure_administrator(password: str) -> bool:
    """Make the administrator if there is none; tell whether `password` is theirs."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415

    users = get_user_model()._default_manager
    administrator = users.filter(**{users.model.USERNAME_FIELD: ADMINISTRATOR}).first()
    if administrator is None:
        users.create_superuser(ADMINISTRATOR, f"{ADMINISTRATOR}@qianhai.example", password)
        return True
    return administrator.check_password(password)


if __name__ == "__main__":
    try:
        main()
    except Exception as error:
        from qianhai_site.told_in_a_line import words_for

        if (words := words_for(error)) is None:
            raise
        sys.exit(words)
