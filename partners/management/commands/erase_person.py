"""Forget a person by address."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from partners.brochures.erasing import erase_person, held_of
from partners.brochures.forgetting import holdings
from partners.brochures.person import NoAddress, as_address, requests_of


class Command(BaseCommand):
    """Door to `partners.brochures.erasing.erase_person`; says how much of what was erased, and never whose it was."""

    help = "Erase everything that is kept about the person with an e-mail address. Requests stay as counts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address, and whether to count alone."""
        parser.add_argument(
            "address", nargs="?", help="e-mail address; left out or '-', it is read from standard input"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be erased, and erase nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, or count. Raises CommandError for what is no address."""
        given = options["address"]
        # What stands on a command line is kept in the shell's history, and seen in the list of processes.
        text = sys.stdin.readline() if given in {None, "-"} else given
        try:
            address = as_address(text)
        except NoAddress as error:
            raise CommandError("That is no e-mail address.") from error
        if options["dry_run"]:
            ids = requests_of(address)
            self._print(len(ids), held_of(ids, address), "would be erased")
        else:
            run = erase_person(address, by=None)
            self._print(run.requests, run.counts, "erased")

    def _print(self, requests: int, counts: dict[str, int], done: str) -> None:
        self.stdout.write(f"{requests:>8}  requests {done}")
        for holding in holdings():
            if number := counts.get(holding.name):
                self.stdout.write(f"{number:>8}  {holding.label}")
