"""Which of the exports' work is done by the worker?"""

from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext

from partners.deferring import BY_CLOCK
from partners.submissions.exporting.ending import purge_exports, take_up_exports
from partners.submissions.exporting.making import make_export
from partners.submissions.exporting.queue import MAKE_EXPORT_TASK, QUEUE

_TAKE_UP = "partners.submissions.take_up_exports"
_PURGE = "partners.submissions.purge_exports"


# One at a time: the other places of the worker are for pages, pictures and housekeeping.
@app.task(name=MAKE_EXPORT_TASK, queue=QUEUE, lock=QUEUE, pass_context=True)
def write_export(context: JobContext, export_id: int) -> None:
    """Write an export; one that was cancelled or is written elsewhere needs nothing."""
    make_export(export_id, is_stopping=context.should_abort)


@app.periodic(cron="* * * * *")
@app.task(name=_TAKE_UP, **BY_CLOCK, queueing_lock=_TAKE_UP)
def take_up_lost_exports(timestamp: int) -> None:
    """See that no export waits for ever."""
    take_up_exports()


@app.periodic(cron="*/10 * * * *")
@app.task(name=_PURGE, **BY_CLOCK, queueing_lock=_PURGE)
def purge_old_exports(timestamp: int) -> None:
    """Delete what is over."""
    purge_exports()
