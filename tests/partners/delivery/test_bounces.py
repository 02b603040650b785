"""Too much mail that comes back is an alarm; a few mistyped addresses are none."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from partners.delivery.attempt import DeliveryAttempt, Outcome
from partners.delivery.bounces import alarming_lately, look_at_bounces
from partners.delivery.message import OutgoingMessage, in_seconds
from partners.delivery.watch import Problem, look

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.MAIL_BOUNCE_HOURS, settings.MAIL_BOUNCE_PERCENT, settings.MAIL_BOUNCE_MINIMUM = 24, 5, 20
    cache.clear()
    yield
    cache.clear()


def closed(number, state, seconds_ago=60.0, outcome=None):
    """Make messages that were closed so long ago."""
    sent = None if state in {"failed", "cancelled"} else in_seconds(-seconds_ago)
    for _ in range(number):
        message = OutgoingMessage.objects.create(
            kind="note",
            to="reader@example.com",
            state=state,
            attempts_count=1,
            due_at=None,
            sent_at=sent,
            closed_at=in_seconds(-seconds_ago),
        )
        if outcome:
            DeliveryAttempt.objects.create(
                message=message, number=1, started_at=timezone.now(), duration=1, outcome=outcome, worker="w"
            )


def test_what_came_back_or_was_refused_is_told_of_all_that_was_answered(django_assert_num_queries):
    closed(5, "sent")
    closed(2, "delivered")
    closed(1, "complained")
    closed(3, "bounced")
    closed(1, "failed", outcome=Outcome.REFUSED)
    # The mail server's fault or ours: they say nothing of addresses.
    closed(4, "failed", outcome=Outcome.UNREACHABLE)
    closed(1, "cancelled")
    closed(7, "bounced", seconds_ago=25 * 3600)
    with django_assert_num_queries(1):
        bounces = look_at_bounces()
    assert (bounces.messages, bounces.came_back) == (12, 4)
    assert bounces.rate == 4 / 12


@pytest.mark.parametrize(
    ("fine", "bounced", "alarming"),
    [
        (0, 0, False),
        (0, 19, False),
        (18, 1, False),
        (19, 1, False),
        (18, 2, True),
        (0, 20, True),
        (95, 5, False),
        (94, 6, True),
    ],
)
def test_the_alarm_is_over_the_limit_and_from_the_least_number_on(fine, bounced, alarming):
    closed(fine, "sent")
    closed(bounced, "bounced")
    assert look_at_bounces().is_alarming is alarming
    assert (Problem.BOUNCES in look().problems) is alarming
    assert alarming_lately() is alarming


def test_no_mail_is_no_alarm_even_without_a_least_number(settings):
    settings.MAIL_BOUNCE_MINIMUM = 0
    assert not look_at_bounces().is_alarming
