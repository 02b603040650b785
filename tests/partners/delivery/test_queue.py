"""A message is written with what it answers, or not at all, and workers hear of it at the commit."""

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.delivery.alarm import CHANNEL
from partners.delivery.message import OutgoingMessage
from partners.delivery.queue import queue_message
from tests.faults import letters
from tests.partners.delivery.conftest import queued


def notifications(seconds: float) -> list[str]:
    """Return what arrives on the workers' channel, over the test's own connection, until there is some."""
    return [it.payload for it in connection.connection.notifies(timeout=seconds, stop_after=1)]


@pytest.fixture
def listening(committed: None) -> None:
    """Listen as a worker does."""
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")


@pytest.mark.usefixtures("listening")
def test_the_commit_wakes_the_workers_and_tells_them_nothing() -> None:
    with transaction.atomic():
        for _ in range(2):
            queue_message(OutgoingMessage(kind=letters.KIND, to="reader@example.com"))
        assert notifications(0.2) == []
    assert notifications(5) == [""]
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.usefixtures("listening")
def test_a_rolled_back_request_wakes_nobody() -> None:
    with transaction.atomic():
        queue_message(OutgoingMessage(kind=letters.KIND, to="reader@example.com"))
        transaction.set_rollback(True)
    queued()
    assert notifications(5) == [""], "the second request's alone"
    assert notifications(0.2) == []


@pytest.mark.django_db
def test_a_rolled_back_request_leaves_no_mail() -> None:
    with transaction.atomic():
        queue_message(OutgoingMessage(kind=letters.KIND, to="reader@example.com"))
        transaction.set_rollback(True)
    assert not OutgoingMessage.objects.exists()


@pytest.mark.usefixtures("committed")
def test_outside_a_transaction_nothing_is_queued() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        queue_message(OutgoingMessage(kind=letters.KIND, to="reader@example.com"))
    assert not OutgoingMessage.objects.exists()


@pytest.mark.django_db
def test_a_message_is_queued_once() -> None:
    message = queued()
    with pytest.raises(ValueError, match="queue a new one"), transaction.atomic():
        queue_message(message)


@pytest.mark.django_db
def test_sending_again_is_a_new_message_id() -> None:
    assert queued().message_id != queued().message_id
