"""partners/handover/queueing.py: who hears of what."""

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from partners.brochures.confirming import confirm_news
from partners.brochures.consent_record import Means
from partners.brochures.consent_wording import Purpose
from partners.brochures.correcting import correct_address
from partners.brochures.erasing import erase_person, erase_requests
from partners.brochures.quarantine import close_as_spam, mark_as_spam, release
from partners.brochures.request_events import RequestEvent, tell
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import withdraw
from partners.delivery.send import send_message
from partners.handover.endpoint import WebhookEndpoint
from partners.handover.payload import MayNotBeSent, build_payload
from partners.handover.queueing import queue_webhooks
from partners.handover.webhook_delivery import WebhookDelivery
from tests import builders
from tests.partners.brochures.asking import EVERYTHING, asking_page
from tests.partners.delivery.doubles import CarrierInMemory

pytestmark = pytest.mark.django_db


def told(endpoint):
    """Return what `endpoint` has to hear, in order."""
    rows = endpoint.deliveries.order_by("pk").values_list("event", "purpose", "reference")
    return [(event, purpose, reference) if purpose else (event, reference) for event, purpose, reference in rows]


def test_our_own_system_hears_of_every_request_of_its_form(make_endpoint, make_request, partner):
    endpoint, other = make_endpoint(), make_endpoint(of=asking_page(partner, **EVERYTHING))
    plain, agreeing = make_request(), make_request("handover", "news")
    assert told(endpoint) == [("accepted", plain.reference), ("accepted", agreeing.reference)]
    assert told(other) == []


def test_a_partner_hears_of_those_who_agreed(make_endpoint, make_request):
    endpoint = make_endpoint(ground="partner")
    make_request()
    make_request("news", "transfer")
    agreeing = make_request("handover")
    assert told(endpoint) == [("accepted", agreeing.reference)]


def test_a_partner_hears_nothing_that_was_agreed_for_another(make_endpoint, make_request, page):
    endpoint = make_endpoint(ground="partner")
    page.move(builders.partner("Newcomers"), pos="last-child")
    page.refresh_from_db()
    make_request("handover", of=page.specific)
    assert told(endpoint) == []


def test_what_is_switched_off_hears_nothing_new(make_endpoint, make_request):
    endpoint = make_endpoint(active=False)
    make_request("handover")
    assert told(endpoint) == []


def test_every_language_of_a_form(make_endpoint, make_request, page):
    endpoint = make_endpoint()
    page.get_parent().specific.copy_for_translation(_chinese(), copy_parents=True)
    translated = page.copy_for_translation(_chinese())
    translated.get_parent().specific.save_revision().publish()
    translated.save_revision().publish()
    request = make_request(of=translated)
    assert request.language == "zh-hant"
    assert told(endpoint) == [("accepted", request.reference)]


def _chinese():
    from wagtail.models import Locale

    return Locale.objects.get(language_code="zh-hant")


def test_what_is_held_back_is_told_when_it_is_released(make_endpoint, make_request, settings):
    settings.FORM_MAILS_PER_HOUR = 0
    endpoint, by = make_endpoint(), User.objects.create_user("desk")
    held, spam = make_request("handover"), make_request()
    mark_as_spam(spam, by)
    with transaction.atomic():
        tell(spam, RequestEvent.ERASED)
    assert told(endpoint) == []
    release(held, by)
    assert told(endpoint) == [("accepted", held.reference)]


@pytest.mark.parametrize("has_letter", [False, True])
def test_what_was_withheld_as_spam_is_sent_once_it_is_released(make_endpoint, make_request, has_letter):
    own, partner, by = make_endpoint(), make_endpoint(ground="partner"), User.objects.create_user("desk")
    off = make_endpoint()
    request = make_request("handover", "transfer")
    if has_letter:
        send_message(request.messages.get().pk, CarrierInMemory())
    close_as_spam(request, by)
    for endpoint in (own, partner, off):
        delivery = endpoint.deliveries.get()
        with pytest.raises(MayNotBeSent):
            build_payload(delivery)
        _withhold(delivery)
    WebhookEndpoint.objects.filter(pk=off.pk).update(active=False)
    release(request, by)
    for endpoint in (own, partner, off):
        delivery = endpoint.deliveries.get()
        assert (delivery.state, delivery.closed_at) == ("queued", None)
        assert request.reference.encode() in build_payload(delivery).body


def test_a_release_repeats_neither_what_has_arrived_nor_what_was_withdrawn(make_endpoint, make_request):
    own, partner, by = make_endpoint(), make_endpoint(ground="partner"), User.objects.create_user("desk")
    request, other = make_request("handover"), make_request()
    own.deliveries.filter(reference=request.reference).update(state="sent", due_at=None, closed_at=timezone.now())
    close_as_spam(request, by)
    withdraw(request, [Purpose.HANDOVER], Means.SELF_SERVICE)
    _withhold(own.deliveries.get(reference=other.reference))
    release(request, by)
    assert dict(own.deliveries.filter(event="accepted").values_list("reference", "state")) == {
        request.reference: "sent",
        other.reference: "withheld",
    }
    assert partner.deliveries.get(event="accepted").state == "withheld"


def _withhold(delivery):
    """Close `delivery` as the worker does that finds that it may not be sent."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state="withheld", due_at=None, closed_at=timezone.now(), first_tried_at=timezone.now(), attempts_count=1
    )


def test_a_withdrawal_reaches_those_whom_it_concerns(make_endpoint, make_request):
    own, partner = make_endpoint(), make_endpoint(ground="partner")
    request = make_request("handover", "news", "transfer")
    silent = make_request("news", email="other@example.com")
    confirm_news(request, Means.LETTER)
    withdraw(request, [Purpose.NEWS], Means.SELF_SERVICE)
    withdraw(request, [Purpose.HANDOVER], Means.SELF_SERVICE)
    withdraw(silent, [Purpose.NEWS], Means.SELF_SERVICE)
    heard = [("withdrawn", "news", request.reference), ("withdrawn", "handover", request.reference)]
    accepted = [("accepted", request.reference), ("accepted", silent.reference)]
    assert told(own) == [*accepted, *heard, ("withdrawn", "news", silent.reference)]
    assert told(partner) == [accepted[0], heard[1]]


def test_a_withdrawal_is_heard_of_each_request_that_it_reaches(make_endpoint, make_request):
    endpoint = make_endpoint(ground="partner")
    first, second = (make_request("handover", email="same@example.com") for _ in range(2))
    withdraw(first, [Purpose.HANDOVER], Means.SELF_SERVICE)
    withdraw(second, [Purpose.HANDOVER], Means.SELF_SERVICE)
    withdrawn = [entry for entry in told(endpoint) if entry[0] == "withdrawn"]
    assert withdrawn == [("withdrawn", "handover", it.reference) for it in (first, second)]


def test_an_endpoint_that_came_later_or_is_off_hears_of_withdrawals(make_endpoint, make_request):
    """It may have the data by the API, by an export, or from when it was on."""
    request = make_request("handover")
    late, off = make_endpoint(ground="partner"), make_endpoint(active=False)
    stranger = make_endpoint(ground="partner", partner_key="00000000-0000-4000-8000-000000000000")
    withdraw(request, [Purpose.HANDOVER], Means.SELF_SERVICE)
    assert told(late) == told(off) == [("withdrawn", "handover", request.reference)]
    assert told(stranger) == []


def correct(request, address):
    with transaction.atomic():
        correct_address(Submission.objects.get(pk=request.pk), address, User.objects.get_or_create(username="desk")[0])


def test_a_corrected_address_is_told_whoever_may_have_the_former_one(make_endpoint, make_request, page):
    own, partner, off = make_endpoint(), make_endpoint(ground="partner"), make_endpoint(active=False)
    nameless = make_endpoint(kinds=["name", "company", "answers", "campaign"])
    elsewhere = make_endpoint(of=asking_page(page.get_parent().specific, **EVERYTHING))
    request = make_request("handover", email="stranger@example.com")
    late = make_endpoint(ground="partner")
    correct(request, "right@example.com")
    heard = ("corrected", request.reference)
    assert told(own)[-1] == told(partner)[-1] == heard
    assert told(late) == told(off) == [heard]
    assert told(nameless) == [("accepted", request.reference)]
    assert told(elsewhere) == []


def test_a_corrected_address_is_not_told_a_partner_who_may_not_have_it(make_endpoint, make_request):
    partner = make_endpoint(ground="partner")
    silent, withdrawn = make_request(), make_request("handover")
    withdraw(withdrawn, [Purpose.HANDOVER], Means.SELF_SERVICE)
    for request in (silent, withdrawn):
        correct(request, f"right-{request.pk}@example.com")
    assert not partner.deliveries.filter(event="corrected").exists()


def test_each_correction_is_told_and_held_once_the_consent_is_withdrawn(make_endpoint, make_request):
    partner = make_endpoint(ground="partner")
    request = make_request("handover")
    for address in ("second@example.com", "third@example.com"):
        correct(request, address)
    assert told(partner)[1:] == [("corrected", request.reference)] * 2
    request.refresh_from_db()
    withdraw(request, [Purpose.HANDOVER], Means.SELF_SERVICE)
    states = partner.deliveries.order_by("pk").values_list("event", "state")
    assert list(states) == [*[("accepted", "withheld")], *[("corrected", "withheld")] * 2, ("withdrawn", "queued")]


def test_a_correction_that_was_withheld_as_spam_is_told_after_the_release(make_endpoint, make_request):
    endpoint, by = make_endpoint(), User.objects.create_user("desk")
    request = make_request()
    correct(request, "right@example.com")
    request.refresh_from_db()
    close_as_spam(request, by)
    for delivery in endpoint.deliveries.all():
        _withhold(delivery)
    release(request, by)
    states = endpoint.deliveries.order_by("pk").values_list("event", "state")
    assert list(states) == [("accepted", "queued"), ("corrected", "queued")]


def test_an_erasure_reaches_whoever_may_have_the_data_and_nobody_else(make_endpoint, make_request, page):
    own, partner = make_endpoint(), make_endpoint(ground="partner")
    agreeing, silent = make_request("handover"), make_request()
    # The form is gone by the time of the erasure.
    page.delete()
    for request in (agreeing, silent):
        request.refresh_from_db()
        with transaction.atomic():
            tell(request, RequestEvent.ERASED)
            tell(request, RequestEvent.ERASED)
    assert told(own)[2:] == [("erased", agreeing.reference), ("erased", silent.reference)]
    assert told(partner)[1:] == [("erased", agreeing.reference)]


def test_who_erases_a_person_or_a_request_tells_every_system_once(make_endpoint, make_request):
    own, partner, by = make_endpoint(), make_endpoint(ground="partner"), User.objects.create_user("desk")
    agreeing, other = make_request("handover", email="ada@example.com"), make_request(email="bo@example.com")
    erase_person("ADA@example.com", by)
    erase_person("ada@example.com", by)
    erase_requests(Submission.objects.filter(pk=other.pk), by)
    assert told(partner)[1:] == [("erased", agreeing.reference)]
    assert told(own)[2:] == [("erased", agreeing.reference), ("erased", other.reference)]


def test_what_waits_is_withheld_once_it_is_overtaken(make_endpoint, make_request):
    own, partner = make_endpoint(), make_endpoint(ground="partner")
    request = make_request("handover")
    withdraw(request, [Purpose.HANDOVER], Means.SELF_SERVICE)
    assert partner.deliveries.get(event="accepted").state == "withheld"
    assert own.deliveries.get(event="accepted").state == "queued"
    with transaction.atomic():
        tell(request, RequestEvent.ERASED)
    assert own.deliveries.get(event="accepted").state == "withheld"


def test_a_rolled_back_request_is_told_nobody(make_endpoint, make_request):
    endpoint = make_endpoint()
    request = make_request()
    with transaction.atomic():
        tell(request, RequestEvent.ERASED)
        transaction.set_rollback(True)
    assert len(told(endpoint)) == 1


def test_rows_hold_no_personal_data(make_endpoint, make_request):
    make_endpoint()
    make_request("handover", email="ada.reader@example.com")
    row = WebhookDelivery.objects.values().get()
    assert not [value for value in row.values() if "reader" in str(value).lower()]


def test_a_form_without_endpoints_costs_one_query(make_request, django_assert_num_queries):
    # As it is where a form was just sent: with its page.
    request = Submission.objects.select_related("form_page").get(pk=make_request("handover").pk)
    with django_assert_num_queries(1):
        queue_webhooks(request, RequestEvent.ACCEPTED)
