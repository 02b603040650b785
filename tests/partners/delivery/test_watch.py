"""What is wrong with the mail is seen, cheaply, and nothing else is."""

import json
import re
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import InterfaceError, connection
from django.utils import timezone

from partners.delivery.attempt import DeliveryAttempt, Outcome
from partners.delivery.claim import claim_message
from partners.delivery.heartbeat import PERIODIC_WORK, Heartbeat
from partners.delivery.jobs import beat
from partners.delivery.message import OutgoingMessage, State, in_seconds
from partners.delivery.outside import NotAccepted
from partners.delivery.send import send_message
from partners.delivery.watch import Late, Problem, failures, holds_up, look, look_at_flow, problem_lately
from tests.partners.delivery.conftest import queued
from tests.partners.delivery.doubles import CarrierInMemory
from tests.partners.plans import plans_of

pytestmark = pytest.mark.django_db


def sign_in(worker_seconds_ago: float = 0, clock_seconds_ago: float = 0) -> None:
    """Behave as a worker and its clock that gave a sign of life so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [worker_seconds_ago],
        )
    Heartbeat.objects.update_or_create(name=PERIODIC_WORK, defaults={"at": in_seconds(-clock_seconds_ago)})


def change(message: OutgoingMessage, **values: object) -> None:
    """Change a row behind delivery's back."""
    OutgoingMessage.objects.filter(pk=message.pk).update(**values)


def test_all_is_well_where_nothing_waits_and_a_worker_lives(django_assert_num_queries) -> None:
    sign_in()
    with django_assert_num_queries(6):
        health = look()
    assert health.problems == []
    assert (health.flow.due_seconds, health.flow.waiting_seconds, health.workers) == (None, None, 1)


def test_a_fresh_database_says_that_nobody_works() -> None:
    assert look().problems == [Problem.NO_WORKER, Problem.NO_SCHEDULER]


def test_a_worker_and_a_clock_that_fell_silent_are_missed() -> None:
    sign_in(worker_seconds_ago=20, clock_seconds_ago=200)
    health = look()
    assert health.problems == [Problem.NO_WORKER, Problem.NO_SCHEDULER]
    assert 19 < (health.worker_seconds or 0) < 30
    assert 199 <= (health.scheduler_seconds or 0) < 210


def test_mail_that_is_due_for_too_long_is_stuck(settings) -> None:
    settings.DELIVERY_STUCK_SECONDS = 60
    message = queued()
    change(message, due_at=in_seconds(-50))
    assert look_at_flow().problem is None
    change(message, due_at=in_seconds(-70))
    assert look_at_flow().problem is Problem.STUCK
    assert Problem.STUCK in look().problems


def test_mail_that_waits_for_its_retry_is_old_and_not_due(settings) -> None:
    settings.DELIVERY_STUCK_SECONDS = 60
    message = queued()
    change(message, due_at=in_seconds(600), created_at=in_seconds(-7200))
    flow = look_at_flow()
    assert flow.due_seconds is None
    assert 7190 < (flow.waiting_seconds or 0) < 7300
    assert flow.problem is None


def test_mail_whose_worker_disappeared_is_due(settings) -> None:
    settings.DELIVERY_STUCK_SECONDS = 60
    message = queued()
    claim_message(message.pk, "here:1")
    assert look_at_flow().due_seconds is None
    change(message, lease_until=in_seconds(-90))
    assert look_at_flow().problem is Problem.STUCK


def test_states_are_counted_and_old_ones_are_not() -> None:
    sent, old, refused, _ = queued(), queued(), queued(), queued()
    for message in (sent, old):
        send_message(message.pk, CarrierInMemory())
    send_message(refused.pk, CarrierInMemory(failures=[NotAccepted(Outcome.REFUSED, 550, "No such mailbox")]))
    change(old, closed_at=in_seconds(-8 * 24 * 3600))
    health = look()
    counted = {state: number for state, number in health.states.items() if number}
    assert counted == {State.QUEUED: 1, State.SENT: 1, State.FAILED: 1}
    assert set(health.states) == set(State.values)
    assert health.failed_in_a_day == 1


def test_failures_are_grouped_by_what_the_server_said() -> None:
    for text in ("Later", "Later", "No"):
        send_message(queued().pk, CarrierInMemory(failures=[NotAccepted(Outcome.DEFERRED, 451, text)]))
    send_message(queued().pk, CarrierInMemory())
    assert [(it["outcome"], it["smtp_code"], it["smtp_text"], it["number"]) for it in failures()] == [
        ("deferred", 451, "Later", 2),
        ("deferred", 451, "No", 1),
    ]


def test_what_every_page_asks_is_asked_once_in_a_while_and_costs_one_query(django_assert_num_queries) -> None:
    cache.clear()
    with django_assert_num_queries(1):
        assert problem_lately() is problem_lately() is None
    cache.clear()
    change(queued(), due_at=in_seconds(-86_400))
    with django_assert_num_queries(1):
        assert problem_lately() is problem_lately() is Problem.STUCK
    cache.clear()


def fill(number: int, state: State, **values: object) -> None:
    """Store as many messages of `state`, with the columns that the table asks for then."""
    OutgoingMessage.objects.bulk_create(
        OutgoingMessage(kind="note", to="reader@example.com", state=state, **values) for _ in range(number)
    )


def plans_of_mail(read) -> list[str]:
    """Return how the database goes about each query of `read` that concerns messages or attempts."""
    tables = ("partners_outgoingmessage", "partners_deliveryattempt")
    return plans_of(read, *tables, options="(ANALYZE, COSTS OFF, TIMING OFF)")


def rows_read(plans: list[str]) -> int:
    """Return how many rows the scans of `plans` found or threw away, each counted as often as it was read."""
    found = re.findall(r"Scan[^\n]*actual rows=(\d+) loops=(\d+)", "\n".join(plans))
    thrown = re.findall(r"Rows Removed by Filter: (\d+)", "\n".join(plans))
    return sum(int(rows) * int(loops) for rows, loops in found) + sum(map(int, thrown))


def test_no_question_grows_with_what_was_sent() -> None:
    """20,000 sent messages: the open ones are found through an index that holds nothing else."""
    long_ago = timezone.now() - timedelta(days=90)
    fill(20_000, State.SENT, attempts_count=1, due_at=None, sent_at=long_ago, closed_at=long_ago)
    late(Outcome.UNREACHABLE)
    plans = plans_of_mail(look)
    assert not [plan for plan in plans if "Seq Scan on partners_outgoingmessage" in plan]
    assert rows_read(plans) < 20


def test_a_probe_does_not_grow_with_what_waits() -> None:
    """A backlog of 5,000, none of which has been tried: a probe that counted them would make an outage worse."""
    fill(5_000, State.QUEUED, due_at=in_seconds(-86_400), created_at=in_seconds(-86_400))
    assert rows_read(plans_of_mail(look_at_flow)) < 20
    assert look_at_flow().problem is Problem.STUCK


def test_a_probe_in_an_outage_reads_a_few_messages() -> None:
    long_ago = timezone.now() - timedelta(days=90)
    fill(20_000, State.SENT, attempts_count=1, due_at=None, sent_at=long_ago, closed_at=long_ago)
    fill(5_000, State.QUEUED, due_at=in_seconds(600), created_at=in_seconds(-86_400), attempts_count=1)
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(
            message=message, number=1, started_at=long_ago, duration=1, outcome=Outcome.UNREACHABLE, worker="w"
        )
        for message in OutgoingMessage.objects.open()
    )
    assert rows_read(plans_of_mail(look_at_flow)) < 60
    assert look_at_flow().problem is Problem.HELD_UP


def late(*outcomes: Outcome, taken_at: float | None = None) -> None:
    """Queue a message for each outcome, an hour old and a second apart, tried once; `taken_at` seconds from now
    another one was accepted.
    """
    for number, outcome in enumerate(outcomes):
        message = queued()
        send_message(message.pk, CarrierInMemory(failures=[NotAccepted(outcome, None, "")]))
        change(message, created_at=in_seconds(number - 3600), due_at=in_seconds(600))
    if taken_at is not None:
        taken = queued()
        send_message(taken.pk, CarrierInMemory())
        change(taken, closed_at=in_seconds(taken_at))


@pytest.mark.parametrize(
    ("outcomes", "taken_at", "problem"),
    [
        ([Outcome.UNREACHABLE], None, Problem.HELD_UP),
        ([Outcome.TIMEOUT], None, Problem.HELD_UP),
        ([Outcome.DISCONNECTED], None, Problem.HELD_UP),
        ([Outcome.MISCONFIGURED], -4000, Problem.HELD_UP),
        ([Outcome.UNREACHABLE], -10, None),
        ([Outcome.DEFERRED], None, None),
        ([Outcome.DEFERRED] * 2, None, None),
        ([Outcome.DEFERRED] * 3, None, Problem.HELD_UP),
        ([Outcome.DEFERRED] * 3, -10, None),
        ([Outcome.DEFERRED] * 4, -3599.5, Problem.HELD_UP),
        ([Outcome.DEFERRED, Outcome.UNREACHABLE], None, Problem.HELD_UP),
        ([Outcome.UNBUILDABLE] * 3, None, None),
    ],
)
def test_a_mail_server_that_takes_nothing_is_told_from_a_recipient_that_waits(outcomes, taken_at, problem) -> None:
    sign_in()
    late(*outcomes, taken_at=taken_at)
    assert look_at_flow().problem is problem
    assert look().problems == ([problem] if problem else [])


def test_a_mail_server_is_not_judged_before_the_limit(settings) -> None:
    late(Outcome.UNREACHABLE)
    settings.DELIVERY_STUCK_SECONDS = 3700
    assert look_at_flow().problem is None


def test_the_newest_of_the_late_ones_are_judged() -> None:
    assert not holds_up([])
    assert holds_up([Late(Outcome.DEFERRED, others_went=True), Late(Outcome.TIMEOUT, others_went=False)])
    assert not holds_up([Late(Outcome.TIMEOUT, others_went=True)] * 3)


def test_periodic_work_signs_by_the_clock_of_the_database(monkeypatch) -> None:
    """The machine's clock is an hour off, which is nothing to the sign of life."""
    hour_off = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: hour_off)
    for _ in range(2):
        beat(timestamp=round(hour_off))
    assert 0 <= (look().scheduler_seconds or -1) < 60
    assert Heartbeat.objects.count() == 1


def test_the_command_says_it_to_people_and_to_programs(capsys) -> None:
    send_message(queued().pk, CarrierInMemory(failures=[NotAccepted(Outcome.DEFERRED, 451, "Later")]))
    with pytest.raises(SystemExit) as ended:
        call_command("mail_status")
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert "PROBLEM: no worker is alive" in said
    assert "1 x deferred 451 Later" in said
    sign_in()
    call_command("mail_status")
    assert "Mail goes out." in capsys.readouterr().out
    call_command("mail_status", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["states"]["queued"], said["workers"], said["problems"]) == (1, 1, [])
    assert [group["smtp_text"] for group in said["failures"]] == ["Later"]


def test_the_command_says_that_the_database_is_away(monkeypatch) -> None:
    def away():
        raise InterfaceError

    monkeypatch.setattr(connection, "cursor", away)
    with pytest.raises(CommandError, match="database unreachable"):
        call_command("mail_status")
