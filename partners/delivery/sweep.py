"""Which messages are due without a job that would wake a worker for them?"""

import logging

from django.db import connection, transaction
from django.db.models import BigIntegerField, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Now
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.delivery.alarm import DELIVER_TASK, MAIL_QUEUE, set_alarms
from partners.delivery.message import OutgoingMessage

logger = logging.getLogger(__name__)

# Jobs written by one sweep; the next one comes in seconds.
BATCH = 500
# Any number that no other advisory lock of this database uses: "mail" in ASCII.
_ADVISORY_LOCK = 0x6D61696C


def sweep() -> int:
    """Write a job for every claimable message that has none ready to run; return how many.

    It finds what the queue lost (emptied tables, a job that failed before it could claim) and what a worker
    abandoned. Workers sweep side by side: all but one at a time return at once.
    """
    with transaction.atomic():
        if not _alone():
            return 0
        claimable = list(OutgoingMessage.objects.claimable().order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not claimable:
            return 0
        unwoken = sorted(set(claimable) - _woken(claimable))
        set_alarms(unwoken)
    if unwoken:
        # No warning: a job that was taken a moment ago and is about to claim its message counts as none, too.
        logger.info("The sweep woke workers for %s due messages without a waiting job.", len(unwoken))
    return len(unwoken)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        return bool(cursor.fetchone()[0])


def _woken(message_ids: list[int]) -> set[int]:
    """Return those of `message_ids` that a waiting job names. A running job does not count: it may be a dead one."""
    waiting = ProcrastinateJob.objects.filter(
        Q(scheduled_at__isnull=True) | Q(scheduled_at__lte=Now()),
        status="todo",
        queue_name=MAIL_QUEUE,
        task_name=DELIVER_TASK,
    )
    named = waiting.annotate(message_id=Cast(KeyTextTransform("message_id", "args"), BigIntegerField()))
    return set(named.filter(message_id__in=message_ids).values_list("message_id", flat=True))
