"""Forget the requests whose time is over."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from partners.brochures.forget_old import count_old_requests, forget_old_requests


class Command(BaseCommand):
    """Door to `partners.brochures.forget_old`, which the worker opens every night by itself."""

    help = "Forget the requests whose time is over: the form's days, or REQUEST_KEEP_DAYS."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to count alone."""
        parser.add_argument("--dry-run", action="store_true", help="say what would be forgotten, and forget nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Forget, or count; print the number of requests of each form."""
        now = timezone.now()
        forms = count_old_requests(now) if options["dry_run"] else forget_old_requests(now).forms
        for title, number in forms.items():
            self.stdout.write(f"{number:>8}  {title}")
        done = "would be forgotten" if options["dry_run"] else "forgotten"
        self.stdout.write(f"{sum(forms.values()):>8}  requests {done}")
