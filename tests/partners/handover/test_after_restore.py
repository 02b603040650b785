"""partners/handover/after_restore.py: personal data are not told on the word of a restored database."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from partners.brochures.request_events import RequestEvent
from partners.handover.after_restore import hold_webhooks
from partners.handover.claim import claim_next
from partners.handover.queueing import queue_webhooks
from partners.handover.replay import replay_all
from partners.handover.webhook_delivery import WebhookDelivery

pytestmark = pytest.mark.django_db


def event_of(claim):
    return claim and claim.delivery.event


@pytest.fixture
def endpoint(make_endpoint):
    return make_endpoint()


def test_without_it_personal_data_are_told_again(endpoint, make_request):
    make_request()
    assert event_of(claim_next("worker")) == RequestEvent.ACCEPTED


def test_what_holds_personal_data_waits_for_the_desk(superuser, client, endpoint, make_request):
    make_request()
    out = io.StringIO()
    call_command("hold_after_restore", "--dry-run", stdout=out)
    assert "1  webhooks with personal data would be held" in out.getvalue()
    assert hold_webhooks() == 1
    assert claim_next("worker") is None
    delivery = WebhookDelivery.objects.get()
    client.force_login(superuser)
    page = client.get(reverse("webhook_deliveries:inspect", args=[delivery.pk])).content.decode()
    assert "Held after a restore" in page
    assert replay_all(endpoint, superuser) == 1
    assert event_of(claim_next("worker")) == RequestEvent.ACCEPTED


def test_what_a_worker_was_telling_is_held_as_well(endpoint, make_request):
    make_request()
    claim_next("gone")
    WebhookDelivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert hold_webhooks() == 1
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, [attempt.outcome for attempt in delivery.attempts.all()]) == ("failed", ["abandoned"])


def test_that_something_is_to_be_deleted_is_told_all_the_same(endpoint, make_request):
    queue_webhooks(make_request(), RequestEvent.ERASED)
    hold_webhooks()
    assert event_of(claim_next("worker")) == RequestEvent.ERASED
