#!/usr/bin/env python
"""Run Django's management commands for this project."""

import os
import sys


def main() -> None:
    """Hand the command line to Django; the settings default to development.

    Where settings or database are wrong, say so in a line, or with `--traceback` at length.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qianhai_site.settings.dev")
    from django.core.management import execute_from_command_line  # noqa: PLC0415  settings come first

    from qianhai_site.told_in_a_line import words_for  # noqa: PLC0415

    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        if "--traceback" in sys.argv or (words := words_for(error)) is None:
            raise
        sys.exit(words)


if __name__ == "__main__":
    main()
