"""partners/brochures/quarantine.py: what is closed as spam gets no mail any more, and its release makes up for it."""

from copy import deepcopy

import pytest
from django.contrib.auth.models import User

from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.fresh_link import send_fresh_link
from partners.brochures.message import BrochureMessage
from partners.brochures.quarantine import close_as_spam, release
from partners.brochures.staff_notice import StaffNotice, StaffRecipient
from partners.delivery.attempt import Outcome
from partners.delivery.letters import build_letter
from partners.delivery.message import OutgoingMessage, in_seconds
from partners.delivery.outside import NotAccepted
from partners.delivery.send import send_message
from tests.partners.brochures.asking import ask, asking_page
from tests.partners.brochures.conftest import expire
from tests.partners.delivery.doubles import CarrierInMemory

KINDS = [BrochureMessage, ConsentConfirmation, StaffNotice]


@pytest.fixture(scope="module")
def kept_page(rows_kept):
    return asking_page()


@pytest.fixture
def page(db, kept_page):
    page = deepcopy(kept_page)
    StaffRecipient.objects.create(form_page=page, email="staff@example.com")
    return page


@pytest.fixture
def user(db):
    return User.objects.create_user("mei")


@pytest.fixture
def submission(page):
    """Return a request whose brochure, question to confirm news and notice wait."""
    return ask(page, "news")


def states(kind):
    return list(kind.objects.order_by("pk").values_list("state", flat=True))


def make_due():
    OutgoingMessage.objects.filter(state="queued").update(due_at=in_seconds(-1))


@pytest.mark.parametrize("kind", KINDS)
def test_what_waits_is_called_back_and_made_anew_by_a_release(submission, user, kind):
    assert states(kind) == ["queued"]
    close_as_spam(submission, user)
    assert states(kind) == ["cancelled"]
    release(submission, user)
    assert states(kind) == ["cancelled", "queued"]
    assert build_letter(kind.objects.latest("pk").outgoingmessage_ptr).subject


@pytest.mark.parametrize("kind", KINDS)
def test_what_had_gone_out_is_not_sent_once_more(submission, user, kind):
    for message in OutgoingMessage.objects.all():
        send_message(message.pk, CarrierInMemory())
    close_as_spam(submission, user)
    OutgoingMessage.objects.update(created_at=in_seconds(-100_000))
    release(submission, user)
    assert states(kind) == ["sent"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_being_sent_is_not_tried_again(submission, user, kind):
    message = kind.objects.get()
    carrier = CarrierInMemory()

    def close_meanwhile(envelope, conversation):
        close_as_spam(submission, user)
        raise NotAccepted(Outcome.DEFERRED, 451, "Later")

    send_message(message.pk, close_meanwhile)
    assert states(kind) == ["queued"]
    while states(kind) == ["queued"]:
        make_due()
        assert send_message(message.pk, carrier)
    assert (states(kind), carrier.carried) == (["failed"], [])
    assert "spam" in message.attempts.latest("number").smtp_text


@pytest.mark.parametrize("kind", KINDS)
def test_what_failed_since_it_was_closed_is_made_anew_by_a_release(submission, user, kind):
    message = kind.objects.get()

    def close_meanwhile(envelope, conversation):
        close_as_spam(submission, user)
        raise NotAccepted(Outcome.DEFERRED, 451, "Later")

    send_message(message.pk, close_meanwhile)
    while states(kind) == ["queued"]:
        make_due()
        send_message(message.pk, CarrierInMemory())
    release(submission, user)
    assert states(kind) == ["failed", "queued"]


def test_a_letter_that_waits_for_its_next_attempt_goes_out_where_the_request_was_released_meanwhile(submission, user):
    message, carrier = submission.messages.get(), CarrierInMemory()

    def close_meanwhile(envelope, conversation):
        close_as_spam(submission, user)
        raise NotAccepted(Outcome.DEFERRED, 451, "Later")

    send_message(message.pk, close_meanwhile)
    assert release(submission, user) is None
    make_due()
    send_message(message.pk, carrier)
    assert [envelope.to for envelope in carrier.carried] == ["reader@example.com"]


def test_an_address_whose_question_was_called_back_is_asked_with_its_next_request(page, submission, user):
    close_as_spam(submission, user)
    again = ask(page, "news")
    assert ConsentConfirmation.objects.get(record__submission=again).state == "queued"


def test_no_fresh_link_is_sent_until_it_is_released(submission, user):
    message = submission.messages.get()
    send_message(message.pk, CarrierInMemory())
    expire(message.link)
    close_as_spam(submission, user)
    assert send_fresh_link(message.link.token) is None
    assert submission.messages.count() == 1
    release(submission, user)
    assert send_fresh_link(message.link.token).to == "reader@example.com"
