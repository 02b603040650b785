"""How is a worker told to write an export, and is one told already?"""

from procrastinate.contrib.django.models import ProcrastinateJob

from partners.deferring import job

MAKE_EXPORT_TASK = "partners.submissions.make_export"
QUEUE = "exports"
_ALIVE = ("todo", "doing")


def defer_export(export_id: int) -> None:
    """Write the job for an export. Of all these jobs one runs at a time."""
    job(MAKE_EXPORT_TASK, queue=QUEUE, lock=QUEUE).defer(export_id=export_id)


def has_job(export_id: int) -> bool:
    """Say whether a job for the export waits or runs; one whose worker was killed runs until it is given to another."""
    jobs = ProcrastinateJob.objects.filter(task_name=MAKE_EXPORT_TASK, status__in=_ALIVE)
    return jobs.filter(args__export_id=export_id).exists()
