"""What have readers ordered, and what if the worker makes it?"""

from types import SimpleNamespace
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from partners.renditions.making import MAKE_TASK, make_renditions


def ordered() -> list[dict[str, Any]]:
    """Return the arguments of the jobs that readers have ordered and nobody has begun, in their order."""
    jobs = ProcrastinateJob.objects.filter(task_name=MAKE_TASK, status="todo")
    return list(jobs.order_by("pk").values_list("args", flat=True))


def run_ordered() -> None:
    """Run what was ordered, as the worker does."""
    for job in ProcrastinateJob.objects.filter(task_name=MAKE_TASK, status="todo"):
        make_renditions(SimpleNamespace(job=SimpleNamespace(attempts=job.attempts)), **job.args)
        ProcrastinateJob.objects.filter(pk=job.pk).delete()
