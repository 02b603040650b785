"""The command that loads the demo once."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.demo.content_files import ContentError
from home.demo.pictures.canvas import SHEET_WIDTH
from home.demo.seeding import seed


class Command(BaseCommand):
    """Load the demo: partners, articles, brochures, pictures. Where it already is, nothing is touched."""

    help = "Loads the demo once: partners, articles and brochures, with pictures and PDFs made on the spot."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the width of the pictures."""
        parser.add_argument(
            "--width", type=int, default=SHEET_WIDTH, help="width of the pictures in pixels (default: %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was done; raises CommandError for a content file that cannot be used."""
        if options["width"] < 96:
            raise CommandError("--width must be at least 96 pixels")
        if options["verbosity"] < 2:
            # Wagtail reports every page twice; nobody is helped by a hundred lines of that.
            logging.getLogger("wagtail").setLevel(logging.WARNING)
        try:
            added = seed(width=options["width"])
        except ContentError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The demo is loaded." if added else "The demo is already there.")
