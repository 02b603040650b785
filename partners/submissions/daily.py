"""Which of the desk's work is done by the clock?"""

from django.utils import timezone
from procrastinate.contrib.django import app

from partners.submissions.staff_digest import send_digest

_DIGEST = "partners.submissions.send_digest"


# Every five minutes, so that the digest is on time, and comes late rather than never when no worker ran at 08:00.
@app.periodic(cron="*/5 * * * *")
@app.task(name=_DIGEST, queue="digest", lock=_DIGEST, queueing_lock=_DIGEST)
def send_due_digest(timestamp: int) -> None:
    """Send the day's digest to the staff where it is due."""
    send_digest(timezone.now())
