"""One worker at a time sends a message; a dead one's is taken over."""

import threading
import uuid

import pytest
from django.db import connection, transaction

from partners.delivery.attempt import Outcome
from partners.delivery.claim import claim_message, claim_next, renew_leases
from partners.delivery.message import OutgoingMessage, State, in_seconds
from partners.delivery.transitions import mark_sent
from tests.partners.delivery.conftest import accepted_attempt, queued


def let_lease_run_out(message: OutgoingMessage) -> None:
    """Behave as if the worker of `message` had not renewed its lease."""
    OutgoingMessage.objects.filter(pk=message.pk).update(lease_until=in_seconds(-1))


@pytest.mark.django_db
def test_a_due_message_is_claimed() -> None:
    message = queued()
    claim = claim_message(message.pk, "here:1")
    assert claim is not None
    assert claim.message.state == State.SENDING
    assert claim.message.claim_token == claim.token
    assert claim.message.attempts_count == 1


@pytest.mark.django_db
def test_there_is_nothing_to_claim() -> None:
    message = queued()
    assert claim_message(message.pk + 1000, "here:1") is None
    assert claim_message(message.pk, "here:1") is not None
    assert claim_message(message.pk, "there:2") is None
    later = queued()
    OutgoingMessage.objects.filter(pk=later.pk).update(due_at=in_seconds(60))
    assert claim_message(later.pk, "here:1") is None


@pytest.mark.django_db
def test_one_that_was_abandoned_longer_ago_than_the_log_can_say_is_taken_over() -> None:
    """A site that was stopped for a month, or a database restored that old."""
    message = queued()
    assert claim_message(message.pk, "here:1")
    OutgoingMessage.objects.filter(pk=message.pk).update(
        claimed_at=in_seconds(-40 * 86400), lease_until=in_seconds(-40 * 86400)
    )
    claim = claim_next("there:2")
    assert claim is not None
    assert claim.message.pk == message.pk
    assert message.attempts.get().outcome == Outcome.ABANDONED


@pytest.mark.usefixtures("committed")
def test_a_locked_message_is_passed_by_without_waiting() -> None:
    message = queued()
    claimed: list[object] = []

    def claim() -> None:
        claimed.append(claim_message(message.pk, "there:2"))
        connection.close()

    with transaction.atomic():
        OutgoingMessage.objects.select_for_update().get(pk=message.pk)
        other = threading.Thread(target=claim)
        other.start()
        other.join(5)
        assert not other.is_alive(), "the claim waits for the lock"
    assert claimed == [None]


@pytest.mark.usefixtures("committed")
def test_of_many_workers_one_wins() -> None:
    message = queued()
    start, claims = threading.Barrier(8), []

    def claim(number: int) -> None:
        start.wait()
        claims.append(claim_message(message.pk, f"here:{number}"))
        connection.close()

    workers = [threading.Thread(target=claim, args=[number]) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    [winner] = [claim for claim in claims if claim is not None]
    message.refresh_from_db()
    assert message.claim_token == winner.token
    assert message.attempts_count == 1


@pytest.mark.django_db
def test_a_dead_workers_message_is_taken_over_and_that_is_written_down() -> None:
    message = queued()
    first = claim_message(message.pk, "here:1")
    assert first is not None
    let_lease_run_out(message)
    second = claim_message(message.pk, "there:2")
    assert second is not None
    assert second.message.attempts_count == 2
    [attempt] = message.attempts.all()
    assert (attempt.number, attempt.outcome, attempt.worker) == (1, Outcome.ABANDONED, "here:1")
    assert attempt.started_at == first.message.claimed_at
    assert not mark_sent(accepted_attempt(first.message), first.token)
    assert mark_sent(accepted_attempt(second.message), second.token)


@pytest.mark.django_db
def test_a_message_that_kills_its_workers_comes_back_more_and_more_slowly() -> None:
    message = queued()
    for _ in range(4):
        assert claim_message(message.pk, "here:1") is not None
        let_lease_run_out(message)
    assert claim_message(message.pk, "here:1") is None
    message.refresh_from_db()
    assert message.state == State.QUEUED
    assert message.attempts.filter(outcome=Outcome.ABANDONED).count() == 4
    assert OutgoingMessage.objects.filter(pk=message.pk, due_at__gt=in_seconds(3)).exists()


@pytest.mark.django_db
def test_leases_are_renewed_while_they_are_held() -> None:
    message, other = queued(), queued()
    mine, sent = claim_message(message.pk, "here:1"), claim_message(other.pk, "here:1")
    assert mine is not None
    assert sent is not None
    let_lease_run_out(message)
    mark_sent(accepted_attempt(sent.message), sent.token)
    assert renew_leases([mine.token, sent.token, uuid.uuid4()]) == {mine.token}
    assert claim_message(message.pk, "there:2") is None


@pytest.mark.django_db
def test_the_next_is_the_one_that_has_been_due_for_longest() -> None:
    young, old, later, abandoned = queued(), queued(), queued(), queued()
    for message, seconds in [(young, -1), (old, -60), (later, 60)]:
        OutgoingMessage.objects.filter(pk=message.pk).update(due_at=in_seconds(seconds))
    claim_message(abandoned.pk, "here:1")
    let_lease_run_out(abandoned)
    claims = [claim_next("there:2") for _ in range(4)]
    assert [claim and claim.message.pk for claim in claims] == [old.pk, young.pk, abandoned.pk, None]
    assert [claim.are_more for claim in claims[:2] if claim] == [True, False]
    first = claims[0]
    assert first is not None
    old.refresh_from_db()
    assert (old.state, old.claim_token, old.worker) == (State.SENDING, first.token, "there:2")
    assert (old.attempts_count, old.due_at) == (1, None)
    assert {field.attname: getattr(first.message, field.attname) for field in OutgoingMessage._meta.fields} == {
        field.attname: getattr(old, field.attname) for field in OutgoingMessage._meta.fields
    }


@pytest.mark.usefixtures("committed")
def test_of_many_that_claim_the_next_each_gets_another() -> None:
    messages = [queued() for _ in range(16)]
    start, claimed = threading.Barrier(8), []

    def claim(number: int) -> None:
        start.wait()
        for _ in range(2):
            # One that is locked is passed by; nobody waits, so nobody can wait in a circle.
            claimed.append(claim_next(f"here:{number}"))
        connection.close()

    workers = [threading.Thread(target=claim, args=[number]) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(claim.message.pk for claim in claimed) == [message.pk for message in messages]
