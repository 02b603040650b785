"""What is wrong with the mail is seen, cheaply, and nothing else is."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from partners.delivery.attempt import Outcome
from partners.delivery.claim import claim_message
from partners.delivery.message import OutgoingMessage, State, in_seconds
from partners.delivery.outside import NotAccepted
from partners.delivery.send import send_message
from partners.delivery.watch import Problem, failures, look, look_at_queue, problems_lately
from tests.partners.delivery.conftest import queued
from tests.partners.delivery.doubles import CarrierInMemory

pytestmark = pytest.mark.django_db


def sign_in(worker_seconds_ago: float = 0, clock_seconds_ago: float = 0) -> None:
    """Behave as a worker and its clock that gave a sign of life so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [worker_seconds_ago],
        )
        cursor.execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp, periodic_id)"
            " VALUES ('any', EXTRACT(epoch FROM now())::bigint - %s, '')",
            [int(clock_seconds_ago)],
        )


def change(message: OutgoingMessage, **values: object) -> None:
    """Change a row behind delivery's back."""
    OutgoingMessage.objects.filter(pk=message.pk).update(**values)


def test_all_is_well_where_nothing_waits_and_a_worker_lives(django_assert_num_queries) -> None:
    sign_in()
    with django_assert_num_queries(5):
        health = look()
    assert health.problems == []
    assert (health.queue.due_seconds, health.queue.waiting_seconds, health.workers) == (None, None, 1)


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
    assert not look_at_queue().is_stuck
    change(message, due_at=in_seconds(-70))
    assert look_at_queue().is_stuck
    assert Problem.STUCK in look().problems


def test_mail_that_waits_for_its_retry_is_old_and_not_due(settings) -> None:
    settings.DELIVERY_STUCK_SECONDS = 60
    message = queued()
    change(message, due_at=in_seconds(600), created_at=in_seconds(-7200))
    queue = look_at_queue()
    assert queue.due_seconds is None
    assert 7190 < (queue.waiting_seconds or 0) < 7300
    assert not queue.is_stuck


def test_mail_whose_worker_disappeared_is_due(settings) -> None:
    settings.DELIVERY_STUCK_SECONDS = 60
    message = queued()
    claim_message(message.pk, "here:1")
    assert look_at_queue().due_seconds is None
    change(message, lease_until=in_seconds(-90))
    assert look_at_queue().is_stuck


def test_states_are_counted_and_old_ones_are_not() -> None:
    sent, old, refused, _ = queued(), queued(), queued(), queued()
    for message in (sent, old):
        send_message(message.pk, CarrierInMemory())
    send_message(refused.pk, CarrierInMemory(failures=[NotAccepted(Outcome.REFUSED, 550, "No such mailbox")]))
    change(old, closed_at=in_seconds(-8 * 24 * 3600))
    health = look()
    assert health.queue.states == {State.QUEUED: 1, State.SENDING: 0}
    assert {state: number for state, number in health.closed.items() if number} == {State.SENT: 1, State.FAILED: 1}
    assert health.failed_in_a_day == 1


def test_failures_are_grouped_by_what_the_server_said() -> None:
    for text in ("Later", "Later", "No"):
        send_message(queued().pk, CarrierInMemory(failures=[NotAccepted(Outcome.DEFERRED, 451, text)]))
    send_message(queued().pk, CarrierInMemory())
    assert [(it["outcome"], it["smtp_code"], it["smtp_text"], it["number"]) for it in failures()] == [
        ("deferred", 451, "Later", 2),
        ("deferred", 451, "No", 1),
    ]


def test_what_every_page_asks_is_asked_once_in_a_while(django_assert_num_queries) -> None:
    cache.clear()
    with django_assert_num_queries(5):
        assert problems_lately() == problems_lately()
    cache.clear()


def test_the_question_does_not_grow_with_what_was_sent() -> None:
    """20,000 sent messages: the open ones are found through an index that holds nothing else."""
    long_ago = timezone.now() - timedelta(days=90)
    OutgoingMessage.objects.bulk_create(
        OutgoingMessage(
            kind="note",
            to="reader@example.com",
            state=State.SENT,
            attempts_count=1,
            due_at=None,
            sent_at=long_ago,
            closed_at=long_ago,
        )
        for _ in range(20_000)
    )
    queued()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE partners_outgoingmessage")
    with connection.execute_wrapper(_explain):
        look()
    assert _plans
    assert not [plan for plan in _plans if "Seq Scan on partners_outgoingmessage" in plan]


_plans: list[str] = []


def _explain(execute, sql, params, many, context):
    if "partners_outgoingmessage" in sql:
        with connection.connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}", params)
            _plans.append("\n".join(row[0] for row in cursor.fetchall()))
    return execute(sql, params, many, context)


def test_the_command_says_it_to_people_and_to_programs(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("mail_status")
    assert ended.value.code == 1
    assert "no worker is alive" in capsys.readouterr().out
    sign_in()
    queued()
    call_command("mail_status", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["queue"]["states"]["queued"], said["workers"], said["problems"]) == (1, 1, [])
