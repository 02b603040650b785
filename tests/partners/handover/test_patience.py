"""partners/handover/patience.py, by a table."""

from datetime import timedelta

import pytest

from partners.delivery.retry import FREE_TAKEOVERS, PATIENCE, WAITS, GiveUp, Retry
from partners.handover.patience import next_step
from partners.handover.webhook_delivery import Outcome

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("attempt", range(1, 14))
def test_waits_grow_within_their_jitter(attempt):
    shortest, longest = (next_step(Outcome.REFUSED, attempt, MINUTE, jitter) for jitter in (0.0, 0.999))
    wait = WAITS[min(attempt, len(WAITS)) - 1]
    assert isinstance(shortest, Retry)
    assert isinstance(longest, Retry)
    assert shortest.delay.total_seconds() == pytest.approx(wait * 0.8)
    assert longest.delay.total_seconds() == pytest.approx(wait * 1.2, rel=0.01)


def test_the_last_attempt_falls_on_the_end_of_the_patience():
    assert next_step(Outcome.TIMEOUT, 12, PATIENCE - MINUTE, 0.5) == Retry(MINUTE)
    assert isinstance(next_step(Outcome.TIMEOUT, 12, PATIENCE, 0.5), GiveUp)


def test_gone_is_the_end():
    assert isinstance(next_step(Outcome.GONE, 1, timedelta(0), 0.5), GiveUp)


def test_a_worker_that_disappears_costs_no_wait_a_few_times():
    assert next_step(Outcome.ABANDONED, FREE_TAKEOVERS, MINUTE, 0.5) == Retry(timedelta(0))
    later = next_step(Outcome.ABANDONED, FREE_TAKEOVERS + 1, MINUTE, 0.5)
    assert isinstance(later, Retry)
    assert later.delay > timedelta(0)


def test_nothing_follows_success():
    for outcome, attempt in ((Outcome.ACCEPTED, 1), (Outcome.REFUSED, 0)):
        with pytest.raises(ValueError, match="Nothing follows"):
            next_step(outcome, attempt, MINUTE, 0.5)
