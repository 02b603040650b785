"""The retry policy as a table."""

from datetime import timedelta

import pytest

from partners.delivery.attempt import Outcome
from partners.delivery.retry import (
    JITTER,
    PATIENCE,
    WAITS,
    GiveUp,
    Retry,
    is_about_size,
    next_step,
    outcome_of_reply,
)

NO_TIME = timedelta(0)
MIDDLE = 0.5
TRANSIENT = [
    Outcome.UNREACHABLE,
    Outcome.TIMEOUT,
    Outcome.DISCONNECTED,
    Outcome.DEFERRED,
    Outcome.MISCONFIGURED,
]


@pytest.mark.parametrize("outcome", TRANSIENT)
@pytest.mark.parametrize(
    ("attempt", "age", "seconds"),
    [
        (1, NO_TIME, 5),
        (2, timedelta(seconds=5), 15),
        (3, timedelta(seconds=20), 45),
        (4, timedelta(minutes=1), 120),
        (7, timedelta(minutes=30), 1800),
        (10, timedelta(hours=4), 14400),
        (25, timedelta(hours=60), 14400),
        (26, timedelta(hours=70), 7200),
        (26, timedelta(hours=71, minutes=59), 60),
    ],
)
def test_what_may_pass_is_tried_again(outcome: Outcome, attempt: int, age: timedelta, seconds: int) -> None:
    assert next_step(outcome, attempt, age, MIDDLE) == Retry(timedelta(seconds=seconds))


@pytest.mark.parametrize("outcome", [*TRANSIENT, Outcome.ABANDONED])
def test_patience_ends_after_72_hours(outcome: Outcome) -> None:
    step = next_step(outcome, 27, timedelta(hours=72), MIDDLE)
    assert isinstance(step, GiveUp)
    assert "72 hours" in step.reason


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.BAD_ADDRESS])
def test_what_cannot_pass_ends_at_once(outcome: Outcome) -> None:
    assert isinstance(next_step(outcome, 1, NO_TIME, MIDDLE), GiveUp)


@pytest.mark.parametrize(
    ("attempt", "step"),
    [
        (1, Retry(timedelta(seconds=5))),
        (2, Retry(timedelta(seconds=30))),
        (3, GiveUp("The letter could not be built in 3 tries.")),
    ],
)
def test_a_letter_that_cannot_be_built_gets_three_tries(attempt: int, step: Retry | GiveUp) -> None:
    assert next_step(Outcome.UNBUILDABLE, attempt, NO_TIME, MIDDLE) == step


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 5), (3, 45), (10, 14400), (25, 14400)])
def test_one_whose_file_may_come_back_is_tried_for_as_long_as_a_mail_server(attempt: int, seconds: int) -> None:
    step = next_step(Outcome.UNBUILDABLE, attempt, NO_TIME, MIDDLE, may_pass=True)
    assert step == Retry(timedelta(seconds=seconds))
    over = next_step(Outcome.UNBUILDABLE, attempt, PATIENCE, MIDDLE, may_pass=True)
    assert over == GiveUp("The letter could not be built within 72 hours.")


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 0), (2, 0), (3, 0), (4, 5), (5, 15), (13, 14400), (40, 14400)])
def test_a_message_that_makes_workers_disappear_is_slowed_down(attempt: int, seconds: int) -> None:
    assert next_step(Outcome.ABANDONED, attempt, NO_TIME, MIDDLE) == Retry(timedelta(seconds=seconds))


def test_waits_grow_whatever_the_jitter() -> None:
    for attempt in range(1, len(WAITS)):
        longest = next_step(Outcome.DEFERRED, attempt, NO_TIME, 0.999999)
        shortest_after_it = next_step(Outcome.DEFERRED, attempt + 1, NO_TIME, 0.0)
        assert isinstance(longest, Retry)
        assert isinstance(shortest_after_it, Retry)
        assert longest.delay < shortest_after_it.delay


def test_jitter_spreads_a_backlog() -> None:
    delays = {next_step(Outcome.UNREACHABLE, 4, NO_TIME, tenth / 10).delay for tenth in range(10)}
    assert len(delays) == 10
    assert min(delays) == timedelta(seconds=120 * (1 - JITTER))
    assert max(delays) < timedelta(seconds=120 * (1 + JITTER))


def test_the_whole_schedule_ends_with_a_try_at_72_hours() -> None:
    age, attempt = NO_TIME, 0
    while True:
        attempt += 1
        step = next_step(Outcome.UNREACHABLE, attempt, age, MIDDLE)
        if isinstance(step, GiveUp):
            break
        age += step.delay
    assert age == PATIENCE
    assert 20 < attempt < 40


@pytest.mark.parametrize(("outcome", "attempt"), [(Outcome.ACCEPTED, 1), (Outcome.TIMEOUT, 0)])
def test_nothing_follows_success_or_no_attempt(outcome: Outcome, attempt: int) -> None:
    with pytest.raises(ValueError, match="Nothing follows"):
        next_step(outcome, attempt, NO_TIME, MIDDLE)


@pytest.mark.parametrize(
    ("code", "about_recipient", "outcome"),
    [
        (421, False, Outcome.DEFERRED),
        (421, True, Outcome.DEFERRED),
        (450, True, Outcome.DEFERRED),
        (451, True, Outcome.DEFERRED),
        (454, False, Outcome.DEFERRED),
        (550, True, Outcome.REFUSED),
        (552, True, Outcome.REFUSED),
        (554, True, Outcome.REFUSED),
        (530, False, Outcome.MISCONFIGURED),
        (535, False, Outcome.MISCONFIGURED),
        (550, False, Outcome.MISCONFIGURED),
        (252, True, Outcome.DISCONNECTED),
    ],
)
def test_what_a_reply_means(code: int, about_recipient: bool, outcome: Outcome) -> None:
    assert outcome_of_reply(code, about_recipient=about_recipient) is outcome


@pytest.mark.parametrize(
    ("code", "text", "is_about"),
    [
        (552, "5.3.4 Message size exceeds fixed limit", True),
        (552, "Message size exceeds maximum permitted", True),
        (552, "5.2.3 Your message exceeded our limits", True),
        (552, "5.7.0 Blocked for its attachment", True),
        (550, "5.3.4 Too big", True),
        (554, "5.2.3 Too big", True),
        (552, "5.2.2 Mailbox full", False),
        (552, "5.2.21 No such code", True),
        (550, "5.3.40 No such code", False),
        (550, "5.1.1 No such mailbox", False),
        (550, "No 5.3.4", False),
        (452, "4.3.1 Disk full", False),
        (452, "5.3.4 A mistake", False),
    ],
)
def test_which_replies_are_about_the_size(code: int, text: str, is_about: bool) -> None:
    assert is_about_size(code, text) is is_about
