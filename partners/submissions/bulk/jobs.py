"""Which part of acts upon many requests is done by the worker?"""

from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext

from partners.deferring import BY_CLOCK
from partners.submissions.bulk.doing import QUEUE, RUN_TASK, do_run, take_up_runs

_TAKE_UP = "partners.submissions.take_up_bulk"


@app.task(name=RUN_TASK, queue=QUEUE, lock=QUEUE, pass_context=True)
def run_bulk(context: JobContext, run_id: int) -> None:
    """Do a run; one that has ended needs nothing."""
    do_run(run_id, is_stopping=context.should_abort)


@app.periodic(cron="* * * * *")
@app.task(name=_TAKE_UP, **BY_CLOCK, queueing_lock=_TAKE_UP)
def take_up_lost_runs(timestamp: int) -> None:
    """See that no run waits for ever."""
    take_up_runs()
