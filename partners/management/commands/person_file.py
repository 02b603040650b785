"""Write what is known about a person into a file."""

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from partners.brochures.person import NoAddress
from partners.submissions.person_file import person_file


class Command(BaseCommand):
    """Door to `partners.submissions.person_file`."""

    help = "Write a ZIP of everything that is known about the person with an e-mail address."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address and the file."""
        parser.add_argument(
            "address", nargs="?", help="e-mail address; left out or '-', it is read from standard input"
        )
        parser.add_argument("--output", type=Path, required=True, help="the file to write; it must not exist")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, readable by its owner alone.

        Raises CommandError for no address, and where the file cannot be written.
        """
        given = options["address"]
        text = sys.stdin.readline() if given in {None, "-"} else given
        output: Path = options["output"]
        try:
            parts = person_file(text, via="command")
            descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except NoAddress as error:
            raise CommandError("That is no e-mail address.") from error
        except FileExistsError as error:
            raise CommandError(f"{output} exists already. Name another file.") from error
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}. Name another file.") from error
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(parts)
        self.stdout.write(f"{output.stat().st_size} bytes written to {output}")
