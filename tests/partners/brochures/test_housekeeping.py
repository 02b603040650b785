"""partners/brochures/housekeeping.py: what is over is cleared by the clock."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from procrastinate.contrib.django import app

from partners.brochures.housekeeping import clear_sessions


@pytest.mark.django_db
def test_sessions_that_ran_out_are_cleared_and_others_stay():
    now = timezone.now()
    for key, left in (("over", timedelta(minutes=-1)), ("going-on", timedelta(days=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=now + left)
    clear_sessions(timestamp=0)
    assert [session.session_key for session in Session.objects.all()] == ["going-on"]


def test_the_clock_rings_for_them_every_hour():
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic["partners.brochures.clear_sessions"] == "47 * * * *"
