"""What runs by the clock."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.delivery import jobs


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


def defer(number: int = 1) -> list[int]:
    """Write as many jobs and return their ids. What they would do does not matter here."""
    return [jobs.retry_stalled_jobs.configure(queueing_lock=f"{index}").defer(timestamp=0) for index in range(number)]


def test_the_clock_rings_for_stalled_jobs_every_minute() -> None:
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic["partners.delivery.retry_stalled_jobs"] == "* * * * *"
    assert "partners.delivery.purge_jobs" in periodic


@pytest.mark.usefixtures("committed")
def test_the_job_of_a_dead_worker_comes_back() -> None:
    defer()
    run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
    run_async(jobs.retry_stalled_jobs)
    assert ProcrastinateJob.objects.get().status == "todo"


@pytest.mark.usefixtures("committed")
def test_the_job_of_a_dead_worker_makes_room_for_one_that_was_queued_anew() -> None:
    (dead,) = defer()
    run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
    (anew,) = defer()
    another = jobs.beat.configure(queueing_lock="another").defer(timestamp=0)
    run(f"UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL WHERE id = {another}")
    run_async(jobs.retry_stalled_jobs)
    states = dict(ProcrastinateJob.objects.values_list("pk", "status"))
    # Else it would hold its lock against the other for ever.
    assert states == {dead: "failed", anew: "todo", another: "todo"}


@pytest.mark.usefixtures("committed")
def test_the_job_of_a_living_worker_is_left_alone() -> None:
    defer()
    run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM procrastinate_workers)")
    run_async(jobs.retry_stalled_jobs)
    assert ProcrastinateJob.objects.get().status == "doing"


@pytest.mark.usefixtures("committed")
def test_failed_jobs_are_kept_for_a_week() -> None:
    old, recent, waiting = defer(3)
    run(f"UPDATE procrastinate_jobs SET status = 'doing' WHERE id <> {waiting}")
    run(f"UPDATE procrastinate_jobs SET status = 'failed' WHERE id <> {waiting}")
    run(f"UPDATE procrastinate_events SET at = now() - interval '8 days' WHERE job_id IN ({old}, {waiting})")
    run_async(jobs.purge_jobs)
    assert set(ProcrastinateJob.objects.values_list("id", flat=True)) == {recent, waiting}
