#!/usr/bin/env python
"""Run Django's management commands for this project."""

import gc
import os
import sys


def main() -> None:
    """Hand the command line to Django; the settings default to development.

    Where settings or database are wrong, say so in a line, or with `--traceback` at length.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qianhai_site.settings.dev")
    # What is loaded is there for good: to look through it again and again for what could go is a sixth of a start.
    gc.disable()
    from django.core.management import BaseCommand, ManagementUtility  # noqa: PLC0415  settings come first

    from qianhai_site.told_in_a_line import words_for  # noqa: PLC0415

    class Utility(ManagementUtility):
        """Django's own, which collects garbage once the site is loaded."""

        def fetch_command(self, subcommand: str) -> BaseCommand:
            gc.freeze()
            gc.enable()
            return super().fetch_command(subcommand)

    try:
        Utility(sys.argv).execute()
    except Exception as error:
        if "--traceback" in sys.argv or (words := words_for(error)) is None:
            raise
        sys.exit(words)


if __name__ == "__main__":
    main()
