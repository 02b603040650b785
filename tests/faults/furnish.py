"""Make one form, and print its path: `python -m tests.faults.furnish [pictures]`."""

import sys

import django


def main() -> None:
    """Make a live form with a brochure behind it and, where asked, the pictures of all pages."""
    django.setup()
    from django.core.management import call_command

    from home.site_address import set_site_address
    from tests import builders

    set_site_address()
    form = builders.request_page()
    if "pictures" in sys.argv:
        call_command("make_renditions")
    print(form.url)


if __name__ == "__main__":
    main()
