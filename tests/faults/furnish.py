"""Make one form, and print its path: `python -m tests.faults.furnish [migrate]`."""

import sys

import django


def main() -> None:
    """Make the tables, where asked, and a live form with a brochure behind it."""
    django.setup()
    from django.core.management import call_command

    if "migrate" in sys.argv:
        call_command("migrate", interactive=False, verbosity=0)
    from tests import builders

    print(builders.request_page().url)


if __name__ == "__main__":
    main()
