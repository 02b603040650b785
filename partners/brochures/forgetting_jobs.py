"""When are old requests forgotten? Every night, while the desk sleeps, or as soon after it as a worker runs."""

from django.utils import timezone
from procrastinate.contrib.django import app

from partners.brochures.forget_old import forget_when_due

_FORGET = "partners.brochures.forget_old_requests"


# Every hour, although it is done once a day: procrastinate drops what no worker was there for within ten minutes, and
# does not try again what failed. This is also the minute of `NIGHTLY`.
@app.periodic(cron="23 * * * *")
@app.task(name=_FORGET, queue="forgetting", lock=_FORGET, queueing_lock=_FORGET)
def forget_over_night(timestamp: int) -> None:
    """Forget the requests whose time is over, where that was not done since the night began."""
    forget_when_due(timezone.now())
