"""Run the worker: the process that sends mail and does everything else that no visitor should wait for."""

import logging
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from typing import Any

from django.core.files.storage import storages
from django.core.management.base import BaseCommand

from partners.brochures.brochure import private_storage
from partners.brochures.storage import MediaStorage, PrivateStorage
from partners.delivery.memory import share_pools
from partners.delivery.politeness import give_way
from partners.delivery.worker import JOBS_AT_A_TIME, run_worker
from partners.handover.send import webhook_pump

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """`manage.py run_worker`: any number of them may run side by side, on any number of machines."""

    help = "Send mail and webhooks, and run jobs, until SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many messages are sent and how many jobs run at a time."""
        parser.add_argument("--concurrency", type=_one_or_more, default=8, help="messages at a time (default: 8)")
        parser.add_argument(
            "--jobs",
            type=_one_or_more,
            default=JOBS_AT_A_TIME,
            help=f"other jobs at a time (default: {JOBS_AT_A_TIME})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop."""
        give_way()
        share_pools()
        # Here, since a worker is started after every upgrade, by the account that reads and writes the files.
        if closed := sum(storage.close_to_others() for storage in _private_storages()):
            logger.info("Took the permission of other accounts from %s private files and folders.", closed)
        run_worker(concurrency=options["concurrency"], jobs=options["jobs"], others=[webhook_pump()])


def _one_or_more(text: str) -> int:
    """Return the number that `text` is. Raises ArgumentTypeError below 1: such a worker would run, and do nothing."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _private_storages() -> Iterator[PrivateStorage]:
    if isinstance(storage := private_storage(), PrivateStorage):
        yield storage
    if isinstance(media := storages["default"], MediaStorage):
        yield media.documents
