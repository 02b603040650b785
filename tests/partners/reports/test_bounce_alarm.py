"""Whoever wants to hear of bounces is written to once a day, and by whichever worker is first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from partners.delivery.letters import build_letter
from partners.delivery.message import OutgoingMessage
from partners.reports.bounce_alarm import BounceAlarm, raise_bounce_alarm
from tests.at_once import at_once
from tests.partners.delivery.test_bounces import closed


@pytest.fixture
def alarm_to(settings):
    settings.MAIL_ALARM_TO = "operators@qianhai.example"


@pytest.mark.django_db
def test_one_message_a_day_with_the_numbers_and_no_address(alarm_to):
    assert raise_bounce_alarm() is None
    closed(15, "sent")
    closed(5, "bounced")
    alarm = raise_bounce_alarm()
    assert (alarm.to, alarm.state, alarm.came_back, alarm.messages) == ("operators@qianhai.example", "queued", 5, 20)
    assert raise_bounce_alarm() is None
    letter = build_letter(OutgoingMessage.objects.get(pk=alarm.pk))
    assert "25.0%" in letter.subject
    assert "5 of 20 messages" in letter.text
    assert "/admin/mail/" in letter.text
    assert "/admin/mail/" in letter.html
    assert "reader@example.com" not in letter.text + letter.html
    BounceAlarm.objects.update(day=timezone.localdate() - timedelta(days=1))
    assert raise_bounce_alarm() is not None


@pytest.mark.django_db
def test_nobody_is_written_to_where_nobody_is_named(settings):
    settings.MAIL_ALARM_TO = ""
    closed(30, "bounced")
    assert raise_bounce_alarm() is None
    assert not BounceAlarm.objects.exists()


def test_many_workers_write_once(committed, alarm_to):
    closed(30, "bounced")
    made = at_once(6, lambda _: raise_bounce_alarm())
    assert len([alarm for alarm in made if alarm]) == 1
    assert BounceAlarm.objects.count() == 1
