"""`manage.py mail_status`: does the mail go out? For a terminal, or for a monitor that runs commands."""

import dataclasses
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from partners.delivery.watch import DAYS, Health, failures, look


class Command(BaseCommand):
    """Print the state of the mail; exit with 1 where something is wrong."""

    help = "Say whether mail goes out: what waits, what failed, who works. Exits with 1 where something is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the format."""
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look and say. Raises CommandError where the database is away."""
        try:
            health, failed = look(), failures()
        except DatabaseError as error:
            raise CommandError("database unreachable") from error
        if options["json"]:
            problems = [problem.value for problem in health.problems]
            said = {**dataclasses.asdict(health), "problems": problems, "failures": failed}
            self.stdout.write(json.dumps(said, indent=2, default=str))
        else:
            for problem in health.problems:
                self.stdout.write(self.style.ERROR(f"PROBLEM: {problem.label}"))
            if not health.problems:
                self.stdout.write(self.style.SUCCESS("Mail goes out."))
            for line in [*_facts(health), *_failures(failed)]:
                self.stdout.write(line)
        if health.problems:
            raise SystemExit(1)


def _facts(health: Health) -> Iterator[str]:
    yield f"due for longest: {_seconds(health.flow.due_seconds)}"
    yield f"oldest not sent: {_seconds(health.flow.waiting_seconds)}"
    yield f"failed in the last 24 hours: {health.failed_in_a_day}"
    yield f"came back: {health.bounces.came_back} of {health.bounces.messages} ({100 * health.bounces.rate:.1f}%)"
    yield f"workers alive: {health.workers}, last sign {_ago(health.worker_seconds)}"
    yield f"periodic work: last sign {_ago(health.scheduler_seconds)}"
    yield f"old requests: last forgotten {_ago(health.forgetting_seconds)}"
    counts = ", ".join(f"{state} {number}" for state, number in health.states.items())
    yield f"messages (closed ones: last {DAYS} days): {counts}"


def _failures(failed: list[dict[str, Any]]) -> Iterator[str]:
    for group in failed:
        said = f"{group['smtp_code'] or ''} {group['smtp_text']}".strip()
        yield f"failed attempts in the last 24 hours: {group['number']} x {group['outcome']} {said}".strip()


def _seconds(seconds: float | None) -> str:
    return "none" if seconds is None else f"{seconds:.0f} s"


def _ago(seconds: float | None) -> str:
    return "never" if seconds is None else f"{_seconds(seconds)} ago"
