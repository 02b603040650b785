"""A message and its job are written together, or not at all."""

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.delivery.alarm import DELIVER_TASK, MAIL_QUEUE
from partners.delivery.message import OutgoingMessage
from partners.delivery.queue import queue_message
from tests.faults import letters
from tests.partners.delivery.conftest import queued


@pytest.mark.django_db
def test_the_job_knows_the_id_and_nothing_else() -> None:
    message = queued(to="reader@example.com")
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.queue_name, job.args) == (DELIVER_TASK, MAIL_QUEUE, {"message_id": message.pk})
    assert (job.status, job.scheduled_at) == ("todo", None)


@pytest.mark.django_db
def test_a_rolled_back_request_leaves_no_mail() -> None:
    with transaction.atomic():
        queue_message(OutgoingMessage(kind=letters.KIND, to="reader@example.com"))
        transaction.set_rollback(True)
    assert not OutgoingMessage.objects.exists()
    assert not ProcrastinateJob.objects.exists()


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
