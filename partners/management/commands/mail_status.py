"""`manage.py mail_status`: does the mail go out? For a terminal, or for a monitor that runs commands."""

import dataclasses
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from partners.delivery.watch import look


class Command(BaseCommand):
    """Print the state of the mail; exit with 1 where something is wrong."""

    help = "Say whether mail goes out: what waits, what failed, who works. Exits with 1 where something is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the format."""
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look and say."""
        health = look()
        if options["json"]:
            said = {**dataclasses.asdict(health), "problems": [problem.value for problem in health.problems]}
            self.stdout.write(json.dumps(said, indent=2))
        else:
            for name, value in dataclasses.asdict(health).items():
                for part, number in value.items() if isinstance(value, dict) else [("", value)]:
                    self.stdout.write(f"{name} {part}".strip() + f": {number}")
            for problem in health.problems:
                self.stdout.write(self.style.WARNING(problem.label))
        if health.problems:
            raise SystemExit(1)
