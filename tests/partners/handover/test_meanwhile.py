"""What becomes of webhooks where things happen to a request at the same moment?"""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, transaction

from partners.brochures.confirming import confirm_news
from partners.brochures.consent_record import Means
from partners.brochures.consent_wording import Purpose
from partners.brochures.correcting import correct_address
from partners.brochures.erasing import erase_person, erase_requests
from partners.brochures.quarantine import close_as_spam, hold, release
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import withdraw
from partners.handover.claim import claim_next, record_failure, record_withheld
from partners.handover.payload import MayNotBeSent, build_payload
from partners.handover.webhook_delivery import Outcome
from tests.faults.waiting import wait_until
from tests.partners.handover.conftest import bound
from tests.partners.handover.outgoing import committed_endpoint
from tests.partners.submissions.lived import ask, committed_page
from tests.partners.submissions.test_erasing_meanwhile import somebody_waits, within_a_connection

__all__ = ["committed_page"]

SECOND = timedelta(seconds=1)
FOR_PARTNER = pytest.param("partner", id="for a partner")
FOR_US = pytest.param("own", id="for us")


@pytest.fixture
def by(db):
    return User.objects.create_user("clerk")


def states(endpoint):
    return list(endpoint.deliveries.order_by("pk").values_list("event", "state"))


def test_what_is_released_between_looking_and_writing_down_is_told(make_endpoint, make_request, by):
    endpoint, request = make_endpoint(), make_request()
    claim = claim_next("a")
    close_as_spam(request, by)
    with pytest.raises(MayNotBeSent):
        build_payload(claim.delivery)
    release(request, by)
    assert record_withheld(claim)
    assert states(endpoint) == [("accepted", "queued")]
    again = claim_next("b")
    assert request.reference.encode() in build_payload(again.delivery).body
    assert not record_withheld(claim)


def test_what_stays_withheld_waits_for_nothing(make_endpoint, make_request, by):
    endpoint, request = make_endpoint(), make_request()
    claim = claim_next("a")
    close_as_spam(request, by)
    assert record_withheld(claim)
    assert states(endpoint) == [("accepted", "withheld")]


@pytest.mark.parametrize("ground", [FOR_PARTNER, FOR_US])
def test_an_erasure_waits_for_no_retry(make_endpoint, make_request, by, ground):
    endpoint, request = make_endpoint(ground=ground), make_request("handover")
    claim = claim_next("a")
    erase_requests(Submission.objects.filter(pk=request.pk), by)
    assert claim_next("b") is None
    assert record_failure(claim, Outcome.TIMEOUT, None, SECOND)
    assert states(endpoint) == [("accepted", "withheld"), ("erased", "queued")]
    assert claim_next("b").delivery.event == "erased"


def test_a_withdrawal_waits_for_no_retry_where_it_ends_the_handing_over(make_endpoint, make_request):
    own, partner = make_endpoint(), make_endpoint(ground="partner")
    request = make_request("handover")
    claims = [claim_next("a"), claim_next("b")]
    withdraw(request, [Purpose.HANDOVER], Means.SELF_SERVICE)
    for claim in claims:
        record_failure(claim, Outcome.REFUSED, 500, SECOND)
    assert states(partner) == [("accepted", "withheld"), ("withdrawn", "queued")]
    assert states(own) == [("accepted", "queued"), ("withdrawn", "queued")]


def correct(request, address, by):
    with transaction.atomic():
        correct_address(Submission.objects.get(pk=request.pk), address, by)


def test_a_withdrawal_counts_though_the_address_is_corrected_meanwhile(make_endpoint, make_request, by):
    """Who withdraws read the request before; another request of the new address is somebody else's to withdraw."""
    partner = make_endpoint(ground="partner")
    request, same = (make_request("handover", email="typo@example.com") for _ in range(2))
    other = make_request("handover", email="right@example.com")
    correct(request, "right@example.com", by)
    withdraw(request, [Purpose.HANDOVER], Means.SELF_SERVICE)
    assert set(Submission.objects.consenting_to(Purpose.HANDOVER)) == {other}
    withdrawn = partner.deliveries.filter(event="withdrawn").values_list("reference", flat=True)
    assert set(withdrawn) == {request.reference, same.reference}


def test_whoever_held_the_former_address_confirms_nothing_for_the_new_one(make_request, by):
    request = make_request("news", email="typo@example.com")
    correct(request, "right@example.com", by)
    assert not confirm_news(request, Means.LETTER)
    assert not Submission.objects.consenting_to(Purpose.NEWS).exists()


def test_a_withdrawal_under_way_comes_before_a_release(committed_page):
    """Of what is held back, no withdrawal is told: the release has to know of it."""
    page, user = committed_page
    with committed_endpoint() as endpoint:
        request = ask(page, "ada@example.com", "handover")
        with transaction.atomic():
            hold(request, [Sign.DESK])
        tie(endpoint, page, "partner")
        releases = threading.Thread(
            target=within_a_connection, args=[lambda: release(Submission.objects.get(pk=request.pk), user)]
        )
        with transaction.atomic():
            withdraw(request, [Purpose.HANDOVER], Means.SELF_SERVICE)
            releases.start()
            wait_until(lambda: somebody_waits("advisory"), 30, "the release waits")
        releases.join(30)
        request.refresh_from_db()
        assert request.released_at is not None
        assert states(endpoint) == []


def test_who_withdraws_and_who_erases_the_person_do_not_wait_for_each_other(committed_page):
    """The one has the address and writes what refers to the requests' rows, the other those rows."""
    page, user = committed_page
    with committed_endpoint() as endpoint:
        requests = [ask(page, "ada@example.com", "handover") for _ in range(2)]
        tie(endpoint, page, "own")
        found = []
        erases = threading.Thread(
            target=within_a_connection, args=[lambda: found.append(erase_person("ada@example.com", user).requests)]
        )
        with transaction.atomic():
            withdraw(requests[1], [Purpose.TRANSFER], Means.SELF_SERVICE)
            erases.start()
            wait_until(lambda: somebody_waits("advisory"), 30, "the erasure waits")
            withdraw(requests[0], [Purpose.HANDOVER], Means.SELF_SERVICE)
        erases.join(30)
        assert found == [2]
        assert [event for event, _state in states(endpoint)] == ["withdrawn"] * 2 + ["erased"] * 2


def test_who_withdraws_waits_for_a_single_requests_erasure_with_nothing_that_it_needs(committed_page):
    page, user = committed_page
    with committed_endpoint() as endpoint:
        tie(endpoint, page, "partner")
        request, failed = ask(page, "ada@example.com", "handover"), []
        assert states(endpoint) == [("accepted", "queued")]

        def go():
            try:
                withdraw(request, [Purpose.HANDOVER], Means.SELF_SERVICE)
            except OperationalError as error:
                failed.append(error)

        withdraws = threading.Thread(target=within_a_connection, args=[go])
        with transaction.atomic():
            Submission.objects.select_for_update().get(pk=request.pk)
            withdraws.start()
            wait_until(lambda: somebody_waits("transactionid"), 30, "the withdrawal waits")
            erase_requests(Submission.objects.filter(pk=request.pk), user)
        withdraws.join(30)
        assert failed == []
        assert states(endpoint)[0] == ("accepted", "withheld")
        assert {event for event, _state in states(endpoint)[1:]} == {"erased", "withdrawn"}


def tie(endpoint, page, ground):
    for name, value in bound(page, {"ground": ground}).items():
        setattr(endpoint, name, value)
    endpoint.save()
