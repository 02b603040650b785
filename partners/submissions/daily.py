"""Which of the desk's work is done by the clock?"""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from partners.deferring import BY_CLOCK
from partners.submissions.access_log import forget_old_access
from partners.submissions.staff_digest import send_digest

logger = logging.getLogger(__name__)

_DIGEST = "partners.submissions.send_digest"
_FORGET_ACCESS = "partners.submissions.forget_access"


# Every five minutes, so that the digest is on time, and comes late rather than never when no worker ran at 08:00.
@app.periodic(cron="*/5 * * * *")
@app.task(name=_DIGEST, **BY_CLOCK, lock=_DIGEST, queueing_lock=_DIGEST)
def send_due_digest(timestamp: int) -> None:
    """Send the day's digest to the staff where it is due."""
    send_digest(timezone.now())


# Every hour, and it finds nothing in most: procrastinate drops what no worker was there for within ten minutes.
@app.periodic(cron="26 * * * *")
@app.task(name=_FORGET_ACCESS, **BY_CLOCK, lock=_FORGET_ACCESS, queueing_lock=_FORGET_ACCESS)
def forget_access(timestamp: int) -> None:
    """Remove records of access that have been kept for as long as they are kept."""
    forgotten = forget_old_access()
    if forgotten:
        logger.info("Removed %s records of access to personal data.", forgotten)
