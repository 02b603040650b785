"""partners/handover/claim.py: one worker at a time, through deaths and lost claims."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from partners.brochures.request_events import RequestEvent
from partners.delivery.retry import FREE_TAKEOVERS
from partners.handover.claim import bring_webhooks_back, claim_next, record_failure, record_taken, record_withheld
from partners.handover.queueing import queue_webhooks
from partners.handover.webhook_delivery import Outcome, WebhookDelivery, WebhookTurn
from qianhai_site.pagecache.watching import CHANNEL
from tests.at_once import at_once
from tests.partners.handover.outgoing import committed_endpoint, deliver

pytestmark = pytest.mark.usefixtures("committed")
SECOND = timedelta(seconds=1)


def let_lease_run_out(delivery):
    WebhookDelivery.objects.filter(pk=delivery.pk).update(lease_until=timezone.now() - SECOND)


def test_of_many_workers_one_gets_it():
    with committed_endpoint() as endpoint:
        delivery = deliver(endpoint)
        claims = [claim for claim in at_once(8, lambda n: claim_next(f"worker {n}")) if claim]
        assert [claim.delivery.pk for claim in claims] == [delivery.pk]


def test_one_endpoint_is_spoken_to_once_at_a_time_and_another_meanwhile():
    with committed_endpoint() as slow, committed_endpoint() as other:
        first, _waiting, elsewhere = deliver(slow), deliver(slow), deliver(other)
        assert claim_next("a").delivery == first
        assert claim_next("b").delivery == elsewhere
        assert claim_next("c") is None


def test_as_many_that_hang_as_there_are_workers_hold_up_nobody_else():
    with ExitStack() as stack:
        slow = [stack.enter_context(committed_endpoint()) for _ in range(3)]
        for endpoint in slow * 3:
            deliver(endpoint)
        elsewhere = deliver(stack.enter_context(committed_endpoint()))
        first, *_others = [claim_next(worker) for worker in "abc"]
        assert record_failure(first, Outcome.TIMEOUT, None, SECOND)
        assert claim_next("a").delivery == elsewhere
        assert claim_next("d").delivery.endpoint == first.delivery.endpoint


def test_an_endpoint_of_a_clock_that_was_set_back_has_its_turn():
    with committed_endpoint() as ahead, committed_endpoint() as other:
        WebhookTurn.objects.create(endpoint=ahead, spoken_to_at=timezone.now() + timedelta(days=365))
        for endpoint in (other, ahead):
            deliver(endpoint)
            deliver(endpoint)
        assert record_failure(claim_next("a"), Outcome.TIMEOUT, None, SECOND)
        assert claim_next("a").delivery.endpoint == ahead


def test_no_page_that_is_kept_goes_for_a_claim():
    with committed_endpoint() as endpoint, connection.cursor() as cursor:
        deliver(endpoint)
        cursor.execute(f"LISTEN {CHANNEL}")
        try:
            assert record_taken(claim_next("a"), 200, SECOND)
            assert list(connection.connection.notifies(timeout=0)) == []
        finally:
            cursor.execute(f"UNLISTEN {CHANNEL}")


def test_what_a_dead_worker_held_is_taken_over_and_written_down():
    with committed_endpoint() as endpoint:
        delivery = deliver(endpoint)
        lost = claim_next("dead")
        assert claim_next("living") is None
        let_lease_run_out(delivery)
        taken = claim_next("living")
        assert (taken.delivery.pk, taken.delivery.event_id) == (delivery.pk, delivery.event_id)
        attempt = delivery.attempts.get()
        assert (attempt.outcome, attempt.worker, attempt.number) == ("abandoned", "dead", 1)
        # The dead one comes back: its words change nothing.
        assert not record_taken(lost, 200, SECOND)
        assert not record_failure(lost, Outcome.TIMEOUT, None, SECOND)
        assert not record_withheld(lost)
        assert record_taken(taken, 200, SECOND)
        assert delivery.attempts.count() == 2


def test_what_makes_every_worker_disappear_has_to_wait():
    with committed_endpoint() as endpoint:
        delivery = deliver(endpoint)
        for _ in range(FREE_TAKEOVERS + 1):
            assert claim_next("dying") is not None
            let_lease_run_out(delivery)
        assert claim_next("next") is None
        delivery.refresh_from_db()
        assert delivery.state == "queued"
        assert delivery.due_at > timezone.now() + SECOND


def test_what_was_abandoned_longer_ago_than_the_log_can_say_is_taken_over_and_holds_nobody_up():
    """A site that was stopped for a month, or a database restored that old."""
    with committed_endpoint() as endpoint, committed_endpoint() as other:
        delivery = deliver(endpoint)
        assert claim_next("dead") is not None
        long_ago = timezone.now() - timedelta(days=40)
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            first_tried_at=long_ago, claimed_at=long_ago, lease_until=long_ago
        )
        elsewhere = deliver(other)
        assert {claim_next("a").delivery.pk, claim_next("b").delivery.pk} == {delivery.pk, elsewhere.pk}


def test_what_was_claimed_by_a_clock_that_was_set_back_is_taken_over():
    with committed_endpoint() as endpoint:
        delivery = deliver(endpoint)
        assert claim_next("dead") is not None
        ahead = timezone.now() + timedelta(hours=1)
        WebhookDelivery.objects.filter(pk=delivery.pk).update(first_tried_at=ahead)
        let_lease_run_out(delivery)
        assert claim_next("living").delivery == delivery


def test_none_waits_for_a_clock_that_was_set_back():
    with committed_endpoint() as endpoint, committed_endpoint() as other:
        held, waiting = deliver(endpoint), deliver(other)
        ahead = timezone.now() + timedelta(days=365)
        assert claim_next("dead").delivery == held
        WebhookDelivery.objects.filter(pk=held.pk).update(lease_until=ahead)
        WebhookDelivery.objects.filter(pk=waiting.pk).update(due_at=ahead)
        assert claim_next("a") is None
        assert bring_webhooks_back() == 2
        assert claim_next("a").delivery == waiting
        held.refresh_from_db()
        assert held.lease_until < timezone.now() + timedelta(minutes=2)
        assert bring_webhooks_back() == 0


def test_what_is_switched_off_is_not_claimed():
    with committed_endpoint() as endpoint:
        deliver(endpoint)
        endpoint.active = False
        endpoint.save()
        assert claim_next("a") is None


def test_outside_a_transaction_nothing_is_queued():
    with pytest.raises(transaction.TransactionManagementError):
        queue_webhooks(None, RequestEvent.ERASED)
