#!/usr/bin/env python
"""Run Django's management commands for this project."""

import os
import sys


def main() -> None:
    """Hand the command line to Django; the settings default to development."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qianhai_site.settings.dev")
    from django.core.management import execute_from_command_line  # noqa: PLC0415  settings come first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
