"""The real worker while every place for jobs is taken by long ones: the clock's have a place of their own."""

from pathlib import Path

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from partners.articles.share import drawing
from partners.deferring import CLOCK, CLOCK_QUEUE, job
from partners.delivery.heartbeat import Heartbeat
from partners.delivery.watch import SIGNS_OF_A_WORKER, look
from partners.delivery.worker import JOBS_AT_A_TIME
from qianhai_site.local.ports import free as free_port
from tests.at_once import at_once
from tests.faults.waiting import wait_until
from tests.faults.worker import running_worker

pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("committed"), pytest.mark.timeout(90)]

# Two that wait for the table of share images.
LONG = {drawing._ALL: "pictures", drawing._FORGET: None}


def test_a_sign_is_given_while_long_jobs_go_on(tmp_path: Path) -> None:
    assert len(LONG) == JOBS_AT_A_TIME
    long = ProcrastinateJob.objects.filter(task_name__in=LONG)
    for name, lock in LONG.items():
        job(name, queue="pictures", lock=lock).defer(timestamp=0)
    with running_worker(tmp_path / "worker.log", free_port()) as worker:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE partners_shareimage IN ACCESS EXCLUSIVE MODE")
            wait_until(lambda: long.filter(status="doing").count() == len(LONG), 40, "every place is taken")
            # The clock itself may have given one already.
            at_once(1, give_no_sign_and_ask_for_one)
            wait_until(Heartbeat.objects.exists, 10, "the clock's job is done")
            assert long.filter(status="doing").count() == len(LONG)
            assert (ProcrastinateWorker.objects.count(), look().workers) == (SIGNS_OF_A_WORKER, 1)
        wait_until(lambda: not long.exists(), 20, "the long ones end")
        assert worker.stop(20) == 0


def give_no_sign_and_ask_for_one(_index: int) -> None:
    Heartbeat.objects.all().delete()
    job("partners.delivery.beat", queue=CLOCK_QUEUE, priority=CLOCK).defer(timestamp=0)
