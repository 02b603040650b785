"""Which of the reports' work is done by the clock?"""

from django.utils import timezone
from procrastinate.contrib.django import app

from partners.deferring import BY_CLOCK
from partners.reports.bounce_alarm import raise_bounce_alarm
from partners.reports.counting import count_days

_COUNT = "partners.reports.count_days"
_ALARM = "partners.reports.bounce_alarm"
_QUEUE = "reports"


@app.periodic(cron="23 * * * *")
@app.task(name=_COUNT, queue=_QUEUE, lock=_COUNT, queueing_lock=_COUNT)
def count_past_days(timestamp: int) -> None:
    """Count the days whose letters may still be on their way, and those that were never counted."""
    count_days(timezone.localdate())


@app.periodic(cron="*/10 * * * *")
@app.task(name=_ALARM, **BY_CLOCK, lock=_ALARM, queueing_lock=_ALARM)
def warn_of_bounces(timestamp: int) -> None:
    """Write to whoever wants to hear of it where too much mail comes back."""
    raise_bounce_alarm()
