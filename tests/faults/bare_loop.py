"""A bare loop over smtplib, which the worker is held against: `python -m tests.faults.bare_loop PORT N`.

It builds and sends N of the tests' letters to 127.0.0.1:PORT over a connection for each, and then as many over one for
all. As JSON it prints for both how many seconds that took, and how many of them it was on a processor.
"""

import json
import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from django.conf import settings

from tests.faults.worker import REPOSITORY

PREFIX = "<bare-"


@dataclass(frozen=True)
class Rate:
    """So many messages took so many seconds, of which `cpu` were spent on a processor by their sender."""

    messages: int
    seconds: float
    cpu: float

    @property
    def per_second(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds

    @property
    def per_cpu_second(self) -> float:
        """Messages for each second of a processor."""
        return self.messages / self.cpu

    @property
    def share(self) -> float:
        """The part of one core that was used."""
        return self.cpu / self.seconds

    def __str__(self) -> str:
        return (
            f"{self.per_second:5.0f} messages/s, {self.per_cpu_second:5.0f} a CPU second, {self.share:4.0%} of a core"
        )


def measure(port: int, messages: int) -> tuple[Rate, Rate]:
    """Run the loop in a process of its own; return its rates with a connection for each, and with one for all."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.bare_loop", str(port), str(messages)],
        cwd=REPOSITORY,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.faults.settings", "TEST_DATA_DIR": str(settings.DATA_DIR)},
        stdout=subprocess.PIPE,
        check=True,
    )
    fresh, kept = (Rate(**figures) for figures in json.loads(done.stdout))
    return fresh, kept


def main(port: int, messages: int) -> None:
    """Send, and say how long it took."""
    import django

    # For the class of the letters alone; no row is read.
    django.setup()
    from partners.delivery.message import OutgoingMessage
    from tests.faults.letters import build_note

    def letter(how: str, number: int) -> EmailMessage:
        words = build_note(OutgoingMessage(pk=number))
        mail = EmailMessage()
        mail["From"], mail["To"] = "hello@qianhai.example", f"reader-{number}@example.com"
        mail["Subject"], mail["Message-ID"] = words.subject, f"{PREFIX}{how}-{number}@qianhai.example>"
        mail["Reply-To"], mail["Auto-Submitted"] = "desk@qianhai.example", "auto-generated"
        for name, value in words.headers.items():
            mail[name] = value
        mail.set_content(words.text)
        mail.add_alternative(words.html, subtype="html")
        for file in words.attachments:
            main_type, _, subtype = file.mimetype.partition("/")
            mail.add_attachment(file.content, maintype=main_type, subtype=subtype, filename=file.filename)
        return mail

    def connect() -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", port, local_hostname="sender.test")

    def send_over_fresh_ones() -> None:
        for number in range(messages):
            with connect() as connection:
                connection.send_message(letter("fresh", number))

    def send_over_one() -> None:
        with connect() as connection:
            for number in range(messages):
                connection.send_message(letter("kept", number))

    print(json.dumps([clocked(messages, send_over_fresh_ones), clocked(messages, send_over_one)]))


def clocked(messages: int, send: Callable[[], None]) -> dict[str, float]:
    """Return what makes a Rate of sending so many messages."""
    started, used = time.monotonic(), time.process_time()
    send()
    return {"messages": messages, "seconds": time.monotonic() - started, "cpu": time.process_time() - used}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
