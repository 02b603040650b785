"""Due messages without a job are found; the others are left alone."""

import threading

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.delivery.alarm import set_alarm
from partners.delivery.claim import claim_message
from partners.delivery.message import OutgoingMessage, in_seconds
from partners.delivery.sweep import _alone, sweep
from tests.faults.committed import empty_queue
from tests.partners.delivery.conftest import queued


def jobs() -> list[int]:
    """Return the messages that waiting jobs name."""
    return [args["message_id"] for args in ProcrastinateJob.objects.order_by("id").values_list("args", flat=True)]


@pytest.mark.django_db
def test_a_message_with_a_job_needs_no_sweep() -> None:
    queued()
    assert sweep() == 0
    assert ProcrastinateJob.objects.count() == 1


@pytest.mark.usefixtures("committed")
def test_an_emptied_queue_loses_no_mail() -> None:
    messages = [queued(), queued()]
    empty_queue()
    assert sweep() == 2
    assert jobs() == [message.pk for message in messages]
    assert sweep() == 0, "one sweep is enough"


@pytest.mark.usefixtures("committed")
def test_an_abandoned_message_is_found() -> None:
    message = queued()
    claim_message(message.pk, "here:1")
    empty_queue()
    assert sweep() == 0
    OutgoingMessage.objects.filter(pk=message.pk).update(lease_until=in_seconds(-1))
    assert sweep() == 1


@pytest.mark.usefixtures("committed")
def test_what_is_not_due_and_what_is_closed_is_left_alone() -> None:
    later, closed = queued(), queued()
    empty_queue()
    OutgoingMessage.objects.filter(pk=later.pk).update(due_at=in_seconds(60))
    OutgoingMessage.objects.filter(pk=closed.pk).update(state="cancelled", due_at=None, closed_at=in_seconds(0))
    assert sweep() == 0


@pytest.mark.usefixtures("committed")
def test_a_job_for_later_does_not_count() -> None:
    """Somebody's clock, or hand, made the row due before its job."""
    message = queued()
    empty_queue()
    set_alarm(message.pk, at=message.created_at.replace(year=message.created_at.year + 1))
    assert sweep() == 1


@pytest.mark.usefixtures("committed")
def test_a_running_job_does_not_count() -> None:
    """Its worker may be dead; if it is not, the message is being sent and not due."""
    queued()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    assert sweep() == 1


@pytest.mark.usefixtures("committed")
def test_workers_do_not_sweep_at_the_same_moment() -> None:
    queued()
    empty_queue()
    swept: list[int] = []

    def sweep_elsewhere() -> None:
        swept.append(sweep())
        connection.close()

    with transaction.atomic():
        assert _alone()
        other = threading.Thread(target=sweep_elsewhere)
        other.start()
        other.join(5)
    assert swept == [0]
    assert sweep() == 1


@pytest.mark.django_db
def test_the_sweep_is_cheap_when_there_is_nothing(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(4):  # type: ignore[operator]  savepoint, lock, question, release
        assert sweep() == 0
