"""Which requests are over, and how are they forgotten by the clock?"""

import logging
from collections import Counter
from datetime import datetime, time, timedelta

from django.db import transaction

from partners.brochures.erasing import BATCH, forget_batch
from partners.brochures.forgetting_run import Cause, ForgettingRun
from partners.brochures.keeping_time import KEEPING_ZONE, due
from partners.delivery.heartbeat import FORGETTING, expect_sign, give_sign

logger = logging.getLogger(__name__)

# By the clock of KEEPING_ZONE, while the desk sleeps.
NIGHTLY = time(2, 23)


def forget_when_due(now: datetime) -> ForgettingRun | None:
    """Do what `forget_old_requests` does once after each NIGHTLY; return None where it was done to its end since.

    So a night without a worker is made up for as soon as there is one, and one that failed is tried again. The watch
    hears of a day that passed without (`partners.delivery.watch`).
    """
    expect_sign(FORGETTING)
    local = now.astimezone(KEEPING_ZONE)
    last_night = datetime.combine(local.date(), NIGHTLY, KEEPING_ZONE)
    if last_night > local:
        last_night -= timedelta(days=1)
    # By its beginning: one that began in the evening forgot by the day before.
    done = ForgettingRun.objects.filter(cause=Cause.AGE, started_at__gte=last_night, finished_at__isnull=False)
    return None if done.exists() else forget_old_requests(now)


def forget_old_requests(now: datetime) -> ForgettingRun:
    """Forget every request whose last day is over at `now`, BATCH a transaction, and write down how many.

    Any number of workers may do so at once: each takes what no other has in hand. One that is killed leaves whole
    requests and a run without an end; the next one does the rest.
    """
    today = now.astimezone(KEEPING_ZONE).date()
    run = ForgettingRun.objects.create(cause=Cause.AGE)
    # By id, so that what is due but in another's hands is passed by once and not looked at for ever.
    last = 0
    while ids := list(due(today).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last = ids[-1]
        with transaction.atomic():
            forget_batch(due(today).filter(pk__in=ids), run)
    run.finish()
    give_sign(FORGETTING)
    if run.requests:
        logger.info("Forgot %s requests whose time was over.", run.requests)
    return run


def count_old_requests(now: datetime) -> dict[str, int]:
    """Return how many requests of each form, by its title, `forget_old_requests` would forget at `now`."""
    today = now.astimezone(KEEPING_ZONE).date()
    return dict(sorted(Counter(due(today).values_list("form_title", flat=True).iterator()).items()))
