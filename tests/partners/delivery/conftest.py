"""What the tests of delivery share: letters to send, servers to send them to, and messages."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from partners.delivery.attempt import DeliveryAttempt, Outcome
from partners.delivery.message import OutgoingMessage
from partners.delivery.queue import queue_message
from qianhai_site.local.ports import free as free_port
from tests.faults import letters
from tests.faults.mail_server import MailServer, running_mail_server


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """Run an SMTP server, and point the carrier at it."""
    port = free_port()
    use_smtp(settings, port)
    with running_mail_server(port) as server:
        yield server


def use_smtp(settings: Any, port: int, **options: Any) -> None:
    """Let the carrier speak SMTP with 127.0.0.1:`port`, as in production."""
    settings.MAILERS = {
        "carrier": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5.0, **options},
        }
    }
    settings.DEFAULT_FROM_EMAIL = "Qianhai <hello@qianhai.example>"
    settings.MAIL_REPLY_TO = "desk@qianhai.example"


def queued(to: str = "reader@example.com", kind: str = letters.KIND) -> OutgoingMessage:
    """Queue a message and return it as the database has it."""
    message = OutgoingMessage(kind=kind, to=to)
    with transaction.atomic():
        queue_message(message)
    message.refresh_from_db()
    return message


def accepted_attempt(message: OutgoingMessage) -> DeliveryAttempt:
    """Return the attempt at `message` that a server has just accepted, not yet written down."""
    return DeliveryAttempt(
        message=message,
        number=message.attempts_count,
        started_at=timezone.now(),
        duration=1,
        outcome=Outcome.ACCEPTED,
        smtp_code=250,
        worker="here:1",
    )
