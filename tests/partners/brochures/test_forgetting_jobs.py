"""partners/brochures/forgetting_jobs.py: a night without a worker is made up for, and missed where it is not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicDeferrer

from partners.brochures import forget_old
from partners.brochures.forget_old import forget_old_requests, forget_when_due
from partners.brochures.forgetting_jobs import forget_over_night
from partners.brochures.forgetting_run import Cause, ForgettingRun
from partners.brochures.keeping_time import KEEPING_ZONE
from partners.delivery.heartbeat import FORGETTING, Heartbeat
from partners.delivery.message import in_seconds
from partners.delivery.watch import Problem, look

pytestmark = pytest.mark.django_db


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=KEEPING_ZONE)


def forget_at(moment):
    """Run the job at `moment`; say whether there was a round, which then counts as made at that time."""
    run = forget_when_due(moment)
    if run is not None:
        ForgettingRun.objects.filter(pk=run.pk).update(started_at=moment, finished_at=moment + timedelta(seconds=1))
    return run is not None


def is_missed():
    return Problem.NOT_FORGETTING in look().problems


def let_pass(hours):
    Heartbeat.objects.filter(name=FORGETTING).update(at=in_seconds(-hours * 3600))


@pytest.mark.parametrize(
    "name",
    [
        "partners.articles.share.forget_old",
        "partners.brochures.forget_old_requests",
        "partners.submissions.forget_access",
    ],
)
@pytest.mark.parametrize(
    ("opens", "closes"), [(at(20, 9), at(20, 18)), (at(20, 2, 35), at(21, 2, 20)), (at(20, 15), at(20, 23))]
)
def test_a_worker_that_is_stopped_for_a_part_of_each_day_is_asked_all_the_same(name, opens, closes):
    deferrer = PeriodicDeferrer(app.periodic_registry)
    asked = []
    moment = opens
    while moment < closes:
        asked += [task.task.name for task, _timestamp in deferrer.get_previous_tasks(at=moment.timestamp())]
        moment += timedelta(minutes=1)
    assert name in asked


def test_it_is_done_once_a_night_and_late_rather_than_never():
    assert forget_at(at(20, 2, 23))
    assert not forget_at(at(20, 3, 23))
    assert not forget_at(at(21, 1, 23))
    # The night of the 21st and the morning after had no worker.
    assert forget_at(at(21, 11, 23))
    assert not forget_at(at(21, 12, 23))
    assert forget_at(at(22, 2, 23))


def test_a_round_that_began_in_the_evening_is_not_the_night_s():
    """It forgot by the day that was then: what was over at midnight is still there."""
    run = forget_old_requests(at(19, 23, 50))
    ForgettingRun.objects.filter(pk=run.pk).update(started_at=at(19, 23, 50), finished_at=at(20, 2, 30))
    assert forget_at(at(20, 3, 23))


@pytest.mark.parametrize("cause", [Cause.PERSON, Cause.REQUESTS])
def test_an_erasure_by_hand_is_not_the_night_s_round(cause):
    ForgettingRun.objects.create(cause=cause, started_at=at(20, 3), finished_at=at(20, 3, 1))
    assert forget_at(at(20, 3, 23))


def test_a_round_that_failed_is_tried_again_within_the_hour(monkeypatch):
    def fail(today):
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(forget_old, "due", fail)
        with pytest.raises(RuntimeError):
            forget_when_due(at(20, 2, 23))
    ForgettingRun.objects.update(started_at=at(20, 2, 23))
    assert forget_at(at(20, 3, 23))


def test_the_job_goes_by_the_clock_of_now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 19, 18, 23, tzinfo=UTC))
    forget_over_night(timestamp=0)
    assert ForgettingRun.objects.get().finished_at is not None


def test_a_day_without_is_missed_until_it_is_done():
    assert not is_missed(), "nobody has asked for it yet; a site without a clock has a problem of its own"
    forget_when_due(at(20, 2, 23))
    let_pass(hours=25)
    assert not is_missed()
    let_pass(hours=27)
    assert is_missed()
    forget_old_requests(at(21, 12))
    assert not is_missed()
    assert 0 <= look().forgetting_seconds < 60


def test_a_job_that_fails_from_the_first_day_on_is_missed(monkeypatch):
    def fail(today):
        raise RuntimeError

    monkeypatch.setattr(forget_old, "due", fail)
    for hours in (20, 27):
        with pytest.raises(RuntimeError):
            forget_when_due(at(20, 2, 23))
        let_pass(hours)
    with pytest.raises(RuntimeError):
        forget_when_due(at(21, 6, 23))
    assert is_missed()
