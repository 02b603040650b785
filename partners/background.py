"""Who runs the background tasks of Django and Wagtail? The worker that also sends the mail."""

from typing import Any

from django.tasks.backends.base import BaseTaskBackend
from django.tasks.base import Task, TaskResult, TaskResultStatus

from partners.deferring import job

RUN_TASK = "partners.run_task"
BACKGROUND_QUEUE = "background"


class ProcrastinateBackend(BaseTaskBackend):
    """A backend for the setting TASKS that writes each task as a job, in the transaction that is open.

    So a task of a rolled-back transaction never runs. Results are not kept: nothing of Wagtail's asks for them.
    """

    supports_defer = True
    supports_priority = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any, Any]:
        """Write the job and return a result that knows its id; the arguments must be JSON.

        Raises django.tasks.exceptions.InvalidTask for a task that this backend cannot run, TypeError for arguments
        that are no JSON.
        """
        self.validate_task(task)
        result: TaskResult[Any, Any] = TaskResult(
            task=task,
            id="",
            status=TaskResultStatus.READY,
            enqueued_at=None,
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
        deferred = job(RUN_TASK, queue=BACKGROUND_QUEUE, priority=task.priority, schedule_at=task.run_after)
        job_id = deferred.defer(path=task.module_path, args=result.args, kwargs=result.kwargs)
        object.__setattr__(result, "id", str(job_id))
        return result
