"""The command that lets old addresses of the replaced site lead to pages of this one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from home.old_addresses import import_redirects

LARGEST_FILE = 10 * 1024 * 1024


class Command(BaseCommand):
    """`manage.py import_redirects FILE [--dry-run] [--allow-host HOST]`; takes the place of Wagtail's own."""

    help = (
        "Let old addresses lead to pages of this site. FILE is CSV in UTF-8: old address, new address, and if you like "
        "‘permanent’ (as without it) or ‘temporary’. Bad lines are named, and then nothing is stored. Importing a file "
        "again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, whether to rehearse, and which other sites may be led to."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")
        parser.add_argument(
            "--allow-host", action="append", default=[], metavar="HOST", help="another site that may be led to"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and count; raises CommandError, with nothing stored, for a bad line or an unreadable file."""
        hosts = [host.lower() for host in options["allow_host"]]
        found = import_redirects(_text(options["file"]), hosts=hosts, is_rehearsal=options["dry_run"])
        for number, words in found.bad:
            self.stderr.write(f"Line {number}: {words}")
        if found.bad:
            raise CommandError(f"{len(found.bad)} lines cannot be used. Nothing was stored. Mend them and try again.")
        begin = "Would be stored" if options["dry_run"] else "Stored"
        self.stdout.write(f"{begin}: {found.added} new, {found.changed} changed. Already there: {found.unchanged}.")


def _text(path: Path) -> str:
    """Return the file's text. Raises CommandError where it is none."""
    try:
        if not path.is_file():
            raise CommandError(f"{path} is not a file.")
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > LARGEST_FILE:
        raise CommandError(f"{path} is larger than 10 MB. Divide it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CommandError(f"Line {line} of {path} is not UTF-8. Save the file as ‘CSV UTF-8’.") from error
