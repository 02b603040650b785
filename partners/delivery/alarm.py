"""How is a worker woken for a message? By a job that names the message and knows nothing else."""

from collections.abc import Iterable
from datetime import datetime

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task
from procrastinate.types import JSONDict

MAIL_QUEUE = "mail"
DELIVER_TASK = "partners.delivery.deliver_message"

# Not the application's own job manager: a worker swaps its connection for a pool of its own, and a job must be
# written by the transaction that writes the row, wherever that runs.
_manager = JobManager(connector=DjangoConnector())


def set_alarm(message_id: int, at: datetime | None = None) -> None:
    """Write a job that sends the message at `at`, or at once, in the transaction that is open."""
    _job(at).defer(message_id=message_id)


def set_alarms(message_ids: Iterable[int]) -> None:
    """Write a job for each of the messages, to run at once."""
    jobs: list[JSONDict] = [{"message_id": message_id} for message_id in message_ids]
    if jobs:
        _job().batch_defer(*jobs)


def _job(at: datetime | None = None) -> JobDeferrer:
    return configure_task(name=DELIVER_TASK, job_manager=_manager, queue=MAIL_QUEUE, schedule_at=at)
