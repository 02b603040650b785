"""Withdraw and erase once more, by the log, what a restored database does not know of."""

import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from partners.brochures.repeating import Fate, fate_of, read_wishes, repeat


class Command(BaseCommand):
    """Door to `partners.brochures.repeating`: `journalctl ... -o cat | manage.py repeat_wishes`."""

    help = "Withdraw and erase once more what the log on standard input says; for a restored database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to count alone."""
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Repeat, or look; print each wish by its reference, and how many there were of each fate."""
        fates: Counter[Fate] = Counter()
        for wish in read_wishes(sys.stdin):
            fate = fate_of(wish) if options["dry_run"] else repeat(wish)
            fates[fate] += 1
            self.stdout.write(f"{wish.reference}  {wish.kind.label}: {fate.value}")
        for fate in Fate:
            self.stdout.write(f"{fates[fate]:>8}  {fate.label}")
        if options["dry_run"]:
            self.stdout.write("Nothing was done.")
