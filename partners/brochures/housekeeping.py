"""What is done about held requests, old counts and sessions that ended, by the clock?"""

import logging

from django.core.management import call_command
from procrastinate.contrib.django import app

from partners.brochures.limits import forget_old_allowances
from partners.brochures.quarantine import release_when_there_is_room
from partners.deferring import BY_CLOCK

logger = logging.getLogger(__name__)

_RELEASE = "partners.brochures.release_waiting"
_FORGET = "partners.brochures.forget_allowances"
_SESSIONS = "partners.brochures.clear_sessions"


@app.periodic(cron="* * * * *")
@app.task(name=_RELEASE, **BY_CLOCK, lock=_RELEASE, queueing_lock=_RELEASE)
def release_waiting(timestamp: int) -> None:
    """Send what waited for a busy hour to pass, as far as there is room now."""
    released = release_when_there_is_room()
    if released:
        logger.info("Released %s requests that had waited for a busy hour to pass.", released)


@app.periodic(cron="41 * * * *")
@app.task(name=_FORGET, **BY_CLOCK, queueing_lock=_FORGET)
def forget_allowances(timestamp: int) -> None:
    """Delete the counts of networks and mailboxes that say nothing any more."""
    forget_old_allowances()


@app.periodic(cron="47 * * * *")
@app.task(name=_SESSIONS, **BY_CLOCK, queueing_lock=_SESSIONS)
def clear_sessions(timestamp: int) -> None:
    """Delete the sessions that ran out: Django leaves that to whoever runs the site."""
    call_command("clearsessions")
