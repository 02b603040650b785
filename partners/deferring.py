"""How is a job written for the worker, and which goes first?

It is written by the connection, and so in the transaction, that writes what it is about. docs/decisions/0045 says which
job is of which rank: what a change of much brings with it keeps nothing waiting that somebody, or the clock, asks for.
"""

from typing import Any

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

# The ranks: procrastinate's priorities, which it heeds among the jobs of a lock as well. Higher goes first.
CLOCK = 10
SOON = 0  # as of any job that says nothing
READERS = -10
BULK = -20
# What the clock asks for and is soon done. The worker has a place for this queue alone (partners/delivery/worker.py).
CLOCK_QUEUE = "clock"
# The options of such a job.
BY_CLOCK: Any = {"queue": CLOCK_QUEUE, "priority": CLOCK}

# Not the application's own job manager: a worker swaps its connection for a pool of its own.
_manager = JobManager(connector=DjangoConnector())


def job(name: str, **options: Any) -> JobDeferrer:
    """Return a job of the task `name`, to be written by its `defer(...)`; `options` as of procrastinate's `configure`.

    A rolled-back transaction leaves no job. The arguments must be JSON, and hold ids rather than personal data.
    """
    return configure_task(name=name, job_manager=_manager, **options)
