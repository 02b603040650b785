"""Hold what a restored database would send a second time; to be run before its workers start."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from partners.delivery.watch import look
from partners.handover import after_restore as webhooks
from partners.submissions import after_restore as letters


class Command(BaseCommand):
    """Door to `after_restore.py` of submissions and handover; says how much was held, and what to do with it."""

    help = "Hold what may have been sent since the backup that the database was restored from. Before workers start."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what is meant, and whether to count alone."""
        parser.add_argument("--dry-run", action="store_true", help="say what would be held, and hold nothing")
        parser.add_argument(
            "--before",
            metavar="TIME",
            help="leave what was made since then, such as '2026-11-29 14:00+08:00': when the site was opened too early",
        )
        parser.add_argument(
            "--list",
            action="store_true",
            help="print reference, Message-ID and time of each letter instead, to be looked for in a mail server's log",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Hold, or count, and report. Raises CommandError while a worker runs, and for what is no time."""
        before = _time(options["before"])
        waiting = letters.Waiting(before)
        if options["list"]:
            for reference, message_id, made_at in letters.held_letters(waiting):
                self.stdout.write(f"{reference}  {message_id}  {timezone.localtime(made_at).isoformat()}")
            return
        if options["dry_run"]:
            held, told = letters.count(waiting), webhooks.open_deliveries(before, with_data=True).count()
        else:
            _check_that_nobody_sends()
            held, told = letters.hold(waiting), webhooks.hold_webhooks(before)
        done = "would be held" if options["dry_run"] else "held"
        for line in _report(held, told, done):
            self.stdout.write(line)
        to_delete = webhooks.open_deliveries(before, with_data=False).count()
        self.stdout.write(f"{waiting.to_staff.count():>8}  letters to the staff go out, perhaps a second time")
        self.stdout.write(f"{to_delete:>8}  webhooks that say what to delete go out, perhaps a second time")
        self.stdout.write("docs/operating.md, 'Restore', says how to let go what was held, and what else is lost.")


def _report(held: letters.Held, told: int, done: str) -> Iterator[str]:
    yield f"{held.letters:>8}  letters to readers {done}: at the desk, 'Held back: held after a restore', then Resend"
    yield f"{held.questions:>8}  questions to confirm news {done}: asked again with the person's next request"
    yield f"{held.busy:>8}  requests that waited for a busy hour to pass {done}: the same filter, then Release"
    yield f"{held.runs:>8}  acts upon many that send letters {done}: stopped; who asked for one sees how far it was"
    yield f"{told:>8}  webhooks with personal data {done}: on the webhook's page, 'Send all of them again'"


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"{text!r} is no time. Write it as '2026-11-29 14:00+08:00'.")
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def _check_that_nobody_sends() -> None:
    if look().workers:
        raise CommandError(
            "A worker runs on this database, and sends what is to be held. Stop it, and try again in 15 s."
        )
    if leased := letters.still_leased() + webhooks.still_leased():
        raise CommandError(f"A worker that is gone may still hold {leased} messages. Wait 30 s, and try again.")
