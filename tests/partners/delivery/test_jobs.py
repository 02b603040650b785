"""What runs by the clock."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.delivery import jobs
from partners.delivery.alarm import DELIVER_TASK
from partners.delivery.message import State
from tests.faults.mail_server import MailServer
from tests.partners.delivery.conftest import queued


def run(query: str) -> None:
    """Change the queue's tables behind its back."""
    with connection.cursor() as cursor:
        cursor.execute(query)


def run_async(task: Any) -> None:
    """Run an asynchronous task as the worker does, on a connection of its own."""

    async def main() -> None:
        pool = app.connector.get_worker_connector()
        with app.replace_connector(pool):
            async with app.open_async():
                await task.func(SimpleNamespace(app=app), timestamp=0)

    asyncio.run(main())


def test_the_clock_rings_for_the_sweep_and_the_stalled_jobs_every_minute() -> None:
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic["partners.delivery.sweep_messages"] == "* * * * *"
    assert periodic["partners.delivery.retry_stalled_jobs"] == "* * * * *"
    assert "partners.delivery.purge_jobs" in periodic


@pytest.mark.django_db
def test_the_job_sends_its_message(mail_server: MailServer) -> None:
    message = queued()
    app.tasks[DELIVER_TASK](message_id=message.pk)
    message.refresh_from_db()
    assert message.state == State.SENT


@pytest.mark.usefixtures("committed")
def test_the_job_of_a_dead_worker_comes_back() -> None:
    queued()
    run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
    run_async(jobs.retry_stalled_jobs)
    assert ProcrastinateJob.objects.get().status == "todo"


@pytest.mark.usefixtures("committed")
def test_the_job_of_a_living_worker_is_left_alone() -> None:
    queued()
    run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM procrastinate_workers)")
    run_async(jobs.retry_stalled_jobs)
    assert ProcrastinateJob.objects.get().status == "doing"


@pytest.mark.usefixtures("committed")
def test_failed_jobs_are_kept_for_a_week() -> None:
    old, recent, waiting = queued(), queued(), queued()
    run("UPDATE procrastinate_jobs SET status = 'doing'")
    for message in (old, recent):
        run(f"UPDATE procrastinate_jobs SET status = 'failed' WHERE args->>'message_id' = '{message.pk}'")
    run(
        "UPDATE procrastinate_events SET at = now() - interval '8 days' WHERE job_id IN"
        f" (SELECT id FROM procrastinate_jobs WHERE args->>'message_id' IN ('{old.pk}', '{waiting.pk}'))"
    )
    run_async(jobs.purge_jobs)
    kept = {args["message_id"] for args in ProcrastinateJob.objects.values_list("args", flat=True)}
    assert kept == {recent.pk, waiting.pk}
