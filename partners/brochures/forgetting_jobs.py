"""When are old requests forgotten? Every night, while the desk sleeps."""

from django.utils import timezone
from procrastinate.contrib.django import app

from partners.brochures.forget_old import forget_old_requests

_FORGET = "partners.brochures.forget_old_requests"


# By the clock of UTC: 02:23 in Hong Kong. A worker that is stopped meanwhile leaves the job to the next one.
@app.periodic(cron="23 18 * * *")
@app.task(name=_FORGET, queue="forgetting", lock=_FORGET, queueing_lock=_FORGET)
def forget_over_night(timestamp: int) -> None:
    """Forget the requests whose time is over."""
    forget_old_requests(timezone.now())
