"""Run the worker: the process that sends mail and does everything else that no visitor should wait for."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from partners.delivery.worker import run_worker


class Command(BaseCommand):
    """`manage.py run_worker`: any number of them may run side by side, on any number of machines."""

    help = "Run jobs until SIGTERM: send mail, retry it, and sweep for what was left behind."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many jobs run at a time."""
        parser.add_argument("--concurrency", type=int, default=8, help="jobs at a time (default: 8)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop."""
        run_worker(concurrency=options["concurrency"])
