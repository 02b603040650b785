"""How is a job written for the worker? By the connection, and so in the transaction, that writes what it is about."""

from typing import Any

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

# Not the application's own job manager: a worker swaps its connection for a pool of its own.
_manager = JobManager(connector=DjangoConnector())


def job(name: str, **options: Any) -> JobDeferrer:
    """Return a job of the task `name`, to be written by its `defer(...)`; `options` as of procrastinate's `configure`.

    A rolled-back transaction leaves no job. The arguments must be JSON, and hold ids rather than personal data.
    """
    return configure_task(name=name, job_manager=_manager, **options)
