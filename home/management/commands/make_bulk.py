"""The command that makes a large site of the demo, to see what becomes slow."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from home.bulk.articles import NothingToCopyError, make_articles
from home.bulk.requests import make_requests
from partners.articles.article_count import merge


class Command(BaseCommand):
    """`manage.py make_bulk N [--requests M] [--no-search]`; what it made is called 'bulk', and stays."""

    help = (
        "Adds N articles to the demo, in three languages, with partners and topics, to see what becomes slow. "
        "Not for a site that readers see: nothing takes them away again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many of each."""
        parser.add_argument("articles", type=int, metavar="N", help="articles to add")
        parser.add_argument("--requests", type=int, default=0, metavar="M", help="brochure requests to add")
        parser.add_argument("--no-search", action="store_true", help="do not write what the search finds")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them; raises CommandError for a number below zero, or without the demo."""
        articles, requests = options["articles"], options["requests"]
        if articles < 0 or requests < 0:
            raise CommandError("Give a number of articles and of requests that is not below zero.")
        try:
            if articles:
                make_articles(articles, self._reporter("articles", articles))
        except NothingToCopyError as error:
            raise CommandError(
                f"There is no published article in {error} to copy. Load the demo first: manage.py seed_demo"
            ) from error
        make_requests(requests, self._reporter("requests", requests))
        if not options["no_search"]:
            call_command("index_search", stdout=self.stdout)
        # As the worker does each minute: a site of that size has not been written in one go.
        merge()
        with connection.cursor() as cursor:
            # Otherwise the database plans for the small site until it looks by itself.
            cursor.execute("ANALYZE")
        self.stdout.write("Done.")

    def _reporter(self, what: str, of: int) -> Callable[[int], None]:
        def report(done: int) -> None:
            self.stdout.write(f"{done} of {of} {what}", ending="\r" if self.stdout.isatty() and done < of else "\n")

        return report
