"""How is a background task of Django or Wagtail run, and what becomes of one that fails?"""

import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.tasks.base import Task
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app
from procrastinate.retry import RetryStrategy

from partners.background import BACKGROUND_QUEUE, RUN_TASK

logger = logging.getLogger(__name__)

# Five times within some six minutes: a database or a file store that is away for a moment comes back.
_PATIENCE = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.task(name=RUN_TASK, queue=BACKGROUND_QUEUE, retry=_PATIENCE)
def run_task(path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Run the task at the dotted `path`, one that was declared with @task: a job can name nothing else.

    What it was about may be deleted by now; then there is nothing to do.
    """
    task = import_string(path)
    if not isinstance(task, Task):
        raise TypeError(f"{path} is not a task.")
    try:
        task.call(*args, **kwargs)
    except ObjectDoesNotExist:
        logger.info("A task of %s found its object gone.", path)
