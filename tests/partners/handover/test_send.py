"""partners/handover/send.py: from the row to the receiver, and what is written down."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from partners.brochures.consent_record import Means
from partners.brochures.consent_wording import Purpose
from partners.brochures.correcting import correct_address
from partners.brochures.request_events import RequestEvent, tell
from partners.brochures.withdrawing import withdraw
from partners.delivery.attempt import AppendOnlyError
from partners.delivery.retry import WAITS
from partners.handover.replay import replay, replay_all
from partners.handover.send import send_next
from partners.handover.signing import written_secret
from partners.handover.webhook_delivery import State, WebhookAttempt, WebhookDelivery
from partners.submissions.access_log import AccessRecord, Way
from tests.partners.delivery.provider_server import Answer, FallSilent, HangUp
from tests.partners.handover.conftest import erase
from tests.partners.handover.test_signing import verifies

pytestmark = pytest.mark.django_db


def send_all():
    """Send until nothing is due; return how often that was."""
    count = 0
    while send_next():
        count += 1
        assert count < 100
    return count


def let_time_pass():
    WebhookDelivery.objects.filter(state=State.QUEUED).update(due_at=timezone.now() - timedelta(seconds=1))


def heard(receiver):
    return [(call.json["type"], call.json["data"]["reference"]) for call in receiver.calls]


@pytest.fixture
def endpoint(make_endpoint, receiver):
    return make_endpoint(receiver.url + "hook")


def test_a_request_arrives_signed_with_answers_under_their_labels(endpoint, make_request, receiver):
    request = make_request("handover", email="ada@example.com")
    assert send_all() == 1
    [call] = receiver.calls
    headers = {name.lower(): value for name, value in call.headers.items()}
    assert verifies(written_secret(endpoint), headers, call.body, timezone.now())
    assert headers["content-type"] == "application/json"
    content = call.json
    assert (content["type"], content["version"]) == ("request.accepted", 1)
    data = content["data"]
    assert data["reference"] == request.reference
    assert data["person"] == {"email": "ada@example.com", "name": "Reader", "company": ""}
    assert {(answer["label"], str(answer["value"])) for answer in data["answers"]} >= {("Your name", "Reader")}
    assert {consent["purpose"]: consent["in_force"] for consent in data["consents"]} == {
        "news": False,
        "handover": True,
        "transfer": False,
    }
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts_count) == ("sent", 1)
    attempt = delivery.attempts.get()
    assert (attempt.number, attempt.outcome, attempt.status) == (1, "accepted", 200)


def test_a_partner_gets_the_kinds_of_data_that_were_chosen(make_endpoint, make_request, receiver):
    make_endpoint(receiver.url, ground="partner", kinds=["email"])
    make_request("handover", "news", email="ada@example.com")
    send_all()
    data = receiver.calls[0].json["data"]
    assert data["person"] == {"email": "ada@example.com", "name": None, "company": None}
    assert (data["answers"], data["campaign"]) == (None, None)
    assert {consent["purpose"] for consent in data["consents"]} == {"handover", "transfer"}
    assert "Reader" not in json.dumps(data)


def test_each_handing_over_is_written_down(endpoint, make_request, receiver):
    request = make_request()
    receiver.says = Answer(500)
    send_all()
    record = AccessRecord.objects.get(way=Way.HAND_OVER)
    assert (record.submission, record.via, record.count) == (request, "webhook CRM", 1)


def test_where_nothing_was_said_nothing_was_handed_over(make_endpoint, make_request, settings):
    settings.WEBHOOK_NETWORKS = []
    make_endpoint("https://127.0.0.1:1/")
    make_request()
    send_all()
    assert WebhookDelivery.objects.get().last_error == "forbidden"
    assert not AccessRecord.objects.filter(way=Way.HAND_OVER).exists()


@pytest.mark.parametrize("says", [Answer(500), Answer(302, headers=(("Location", "/"),)), HangUp(), FallSilent()])
def test_what_is_not_taken_is_tried_again_under_the_same_id(endpoint, make_request, receiver, settings, says):
    settings.WEBHOOK_SECONDS = 0.5
    make_request()
    receiver.says = says
    assert send_all() == 1
    first = WebhookDelivery.objects.get()
    assert (first.state, first.attempts.count()) == ("queued", 1)
    assert timedelta(seconds=2) < first.due_at - timezone.now() < timedelta(seconds=WAITS[0] * 1.3)
    receiver.says = Answer()
    let_time_pass()
    assert send_all() == 1
    assert {call.headers["webhook-id"] for call in receiver.calls} == {first.webhook_id}
    assert len(receiver.calls) == 2
    assert list(WebhookAttempt.objects.values_list("number", flat=True)) == [1, 2]


def test_waits_grow_and_after_72_hours_it_is_given_up(endpoint, make_request, receiver):
    make_request()
    receiver.says = Answer(503)
    waits = []
    for _ in range(4):
        send_all()
        waits.append(WebhookDelivery.objects.get().due_at - timezone.now())
        let_time_pass()
    assert waits == sorted(waits)
    WebhookDelivery.objects.update(first_tried_at=timezone.now() - timedelta(hours=73))
    send_all()
    delivery = WebhookDelivery.objects.get()
    assert delivery.state == "failed"
    assert "72 hours" in delivery.last_error
    assert send_all() == 0


def failed(endpoint, make_request, receiver):
    """Return a delivery that was given up."""
    make_request()
    receiver.says = Answer(410)
    send_all()
    receiver.says = Answer()
    endpoint.refresh_from_db()
    return WebhookDelivery.objects.order_by("-pk").first()


def test_gone_for_good_switches_it_off(endpoint, make_request, receiver):
    delivery = failed(endpoint, make_request, receiver)
    assert delivery.state == "failed"
    assert not endpoint.active
    assert endpoint.gone_at is not None
    make_request()
    assert send_all() == 0
    assert len(receiver.calls) == 1


def test_a_dead_one_is_replayed_once_under_its_id(endpoint, make_request, receiver):
    delivery, by = failed(endpoint, make_request, receiver), User.objects.create_user("desk")
    assert [replay(delivery, by), replay(delivery, by)] == [True, False]
    # It is switched off still: what was queued waits until somebody switches it on.
    assert send_all() == 0
    endpoint.active, endpoint.gone_at = True, None
    endpoint.save()
    assert send_all() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts.count()) == ("sent", 2)
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1


def test_all_dead_ones_are_replayed_with_fresh_patience(endpoint, make_request, receiver):
    for _ in range(3):
        make_request()
    long_ago = timezone.now() - timedelta(hours=80)
    WebhookDelivery.objects.update(state=State.FAILED, due_at=None, closed_at=long_ago, first_tried_at=long_ago)
    assert replay_all(endpoint, User.objects.create_user("desk")) == 3
    receiver.says = Answer(500)
    assert send_all() == 3
    assert WebhookDelivery.objects.filter(state=State.QUEUED).count() == 3


def test_what_was_withdrawn_between_event_and_sending_is_not_sent(make_endpoint, make_request, receiver):
    endpoint = make_endpoint(receiver.url, ground="partner")
    request = make_request("handover")
    withdraw(request, [Purpose.HANDOVER], Means.SELF_SERVICE)
    # Even where the row was not closed by the withdrawal: it is asked again when it is sent.
    WebhookDelivery.objects.filter(event="accepted").update(state=State.QUEUED, due_at=timezone.now(), closed_at=None)
    send_all()
    assert heard(receiver) == [("consent.withdrawn", request.reference)]
    assert receiver.calls[0].json["data"] == {"reference": request.reference, "purpose": "handover"}
    assert endpoint.deliveries.get(event="accepted").state == "withheld"


def test_a_corrected_address_arrives_after_the_former_one(endpoint, make_request, receiver):
    request = make_request("handover", email="stranger@example.com")
    send_all()
    for address in ("second@example.com", "right@example.com"):
        with transaction.atomic():
            correct_address(request, address, User.objects.get_or_create(username="desk")[0])
    send_all()
    calls = [(call.json["type"], call.json["data"]["person"]["email"]) for call in receiver.calls]
    # What is told is read when it is sent.
    assert calls == [
        ("request.accepted", "stranger@example.com"),
        *[("request.corrected", "right@example.com")] * 2,
    ]
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 3
    assert receiver.calls[1].json["data"]["reference"] == request.reference
    handed = AccessRecord.objects.filter(way=Way.HAND_OVER, submission=request)
    assert handed.count() == 3


def test_of_an_erased_request_the_reference_alone_leaves(endpoint, make_request, receiver):
    request = make_request("handover", email="ada@example.com")
    with transaction.atomic():
        tell(request, RequestEvent.ERASED)
        erase(request)
    WebhookDelivery.objects.filter(event="accepted").update(state=State.QUEUED, due_at=timezone.now(), closed_at=None)
    send_all()
    [call] = receiver.calls
    assert call.json["type"] == "request.erased"
    assert call.json["data"] == {"reference": request.reference}
    assert b"ada@example.com" not in call.body


def test_an_erasure_is_told_even_where_the_row_is_removed(endpoint, make_request, receiver):
    request = make_request()
    send_all()
    with transaction.atomic():
        tell(request, RequestEvent.ERASED)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE partners_webhookdelivery SET submission_id = NULL")
    send_all()
    assert heard(receiver)[1:] == [("request.erased", request.reference)]


def test_a_replayed_acceptance_does_not_bring_erased_data_back(endpoint, make_request, receiver):
    request = make_request()
    long_ago = timezone.now() - timedelta(hours=80)
    WebhookDelivery.objects.update(state=State.FAILED, due_at=None, closed_at=long_ago)
    with transaction.atomic():
        tell(request, RequestEvent.ERASED)
        erase(request)
    send_all()
    replay_all(endpoint, User.objects.create_user("desk"))
    send_all()
    assert heard(receiver) == [("request.erased", request.reference)]
    assert endpoint.deliveries.get(event="accepted").state == "withheld"


def test_events_about_one_request_arrive_in_order_and_others_do_not_wait(make_endpoint, make_request, receiver):
    make_endpoint(receiver.url)
    first = make_request("news")
    receiver.says = Answer(500)
    send_all()
    withdraw(first, [Purpose.NEWS], Means.SELF_SERVICE)
    second = make_request(email="other@example.com")
    receiver.says = Answer()
    send_all()
    assert heard(receiver)[1:] == [("request.accepted", second.reference)]
    let_time_pass()
    send_all()
    assert heard(receiver)[2:] == [("request.accepted", first.reference), ("consent.withdrawn", first.reference)]


def test_one_that_cannot_be_built_does_not_hold_up_others(endpoint, make_request, receiver, monkeypatch):
    broken, good = make_request(), make_request()
    type(broken).objects.filter(pk=broken.pk).update(answers=["strange"])
    send_all()
    assert heard(receiver) == [("request.accepted", good.reference)]
    assert WebhookDelivery.objects.get(reference=broken.reference).last_error == "unbuildable"


def test_attempts_are_never_changed(endpoint, make_request, receiver):
    make_request()
    send_all()
    attempt = WebhookAttempt.objects.get()
    with pytest.raises(AppendOnlyError):
        attempt.save()
    with pytest.raises(AppendOnlyError):
        WebhookAttempt.objects.update(status=500)
