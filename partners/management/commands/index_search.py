"""`manage.py index_search`: write what the search finds, for pages that it does not know yet, or for all anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from partners.search.entry import SearchEntry, SearchWord
from partners.search.indexing import index_missing


class Command(BaseCommand):
    """The worker does the same by itself; this is for a restored database, or a change of what is searched."""

    help = "Writes the entries of the search for published pages that have none or an old one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether all are to be written anew."""
        parser.add_argument("--all", action="store_true", help="write all anew; until it ends, less is found")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and say how many pages were read."""
        if options["all"]:
            SearchEntry.objects.all().delete()
            SearchWord.objects.all().delete()

        def report(read: int) -> None:
            self.stdout.write(f"{read} pages read.", ending="\r" if self.stdout.isatty() else "\n")

        read = index_missing(report)
        self.stdout.write(f"{read} pages read; the search knows {SearchEntry.objects.count()}.")
