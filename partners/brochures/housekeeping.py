"""What is done about held requests and old counts by the clock?"""

import logging

from procrastinate.contrib.django import app

from partners.brochures.limits import forget_old_allowances
from partners.brochures.quarantine import release_when_there_is_room

logger = logging.getLogger(__name__)

_QUEUE = "housekeeping"
_RELEASE = "partners.brochures.release_waiting"
_FORGET = "partners.brochures.forget_allowances"


@app.periodic(cron="* * * * *")
@app.task(name=_RELEASE, queue=_QUEUE, lock=_RELEASE, queueing_lock=_RELEASE)
def release_waiting(timestamp: int) -> None:
    """Send what waited for a busy hour to pass, as far as there is room now."""
    released = release_when_there_is_room()
    if released:
        logger.info("Released %s requests that had waited for a busy hour to pass.", released)


@app.periodic(cron="41 * * * *")
@app.task(name=_FORGET, queue=_QUEUE, queueing_lock=_FORGET)
def forget_allowances(timestamp: int) -> None:
    """Delete the counts of networks and mailboxes that say nothing any more."""
    forget_old_allowances()
