"""What keeps the queue of jobs itself in order, by the clock? Mail needs no job: its rows are its queue."""

from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.job_context import JobContext
from procrastinate.jobs import Status

from partners.deferring import BY_CLOCK
from partners.delivery.admin_mail import empty_closed_mail, forget_closed_mail
from partners.delivery.heartbeat import give_sign

# A worker signs in every 2 seconds (`worker.py`), so after 15 it is gone.
STALLED_AFTER_SECONDS = 15
# Jobs that ended badly stay for a week, to be read; those that went well are removed by the worker at once.
KEEP_FAILED_HOURS = 7 * 24


@app.periodic(cron="* * * * *")
@app.task(name="partners.delivery.beat", **BY_CLOCK, queueing_lock="beat")
def beat(timestamp: int) -> None:
    """Show that periodic jobs are written, and run: whoever watches reads when this one last was."""
    give_sign()


@app.periodic(cron="* * * * *")
@app.task(
    name="partners.delivery.retry_stalled_jobs",
    **BY_CLOCK,
    queueing_lock="retry_stalled_jobs",
    pass_context=True,
)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give the jobs of workers that are gone to those that are there; procrastinate does so only when asked.

    One that has been queued anew in the meantime is over: there is no second place in the queue for it, and as long as
    it counted as going on, it would hold its lock against its successor.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, Status.FAILED, delete_job=False)


@app.periodic(cron="* * * * *")
@app.task(name="partners.delivery.empty_admin_mail", **BY_CLOCK, queueing_lock="empty_admin_mail")
def empty_admin_mail(timestamp: int) -> None:
    """Take the words away from mail of the admin that was sent, failed or was called back."""
    empty_closed_mail()


@app.periodic(cron="47 * * * *")
@app.task(name="partners.delivery.forget_admin_mail", **BY_CLOCK, queueing_lock="forget_admin_mail")
def forget_admin_mail(timestamp: int) -> None:
    """Delete mail of the admin that was closed a week ago."""
    forget_closed_mail()


@app.periodic(cron="17 * * * *")
@app.task(
    name="partners.delivery.purge_jobs",
    **BY_CLOCK,
    queueing_lock="purge_jobs",
    pass_context=True,
)
async def purge_jobs(context: JobContext, timestamp: int) -> None:
    """Remove the jobs that ended more than a week ago, however they ended."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FAILED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
