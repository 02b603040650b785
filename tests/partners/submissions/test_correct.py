"""partners/submissions/correct_view.py and partners/brochures/correcting.py: a brochure for another address."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from partners.brochures.confirming import ask_to_confirm
from partners.brochures.consent_links import consent_url, submission_for
from partners.brochures.consent_record import ConsentEvent, ConsentRecord, ConsentState, EventKind, Means
from partners.brochures.consent_wording import ConsentWording, Purpose
from partners.brochures.correcting import correct_address
from partners.brochures.correction import AddressCorrection
from partners.brochures.erasing import erase_person
from partners.brochures.person import requests_of
from partners.brochures.sending import send_brochure
from partners.brochures.submission import Submission
from partners.delivery.attempt import Outcome
from partners.delivery.message import OutgoingMessage, State, in_seconds
from partners.delivery.outside import NotAccepted
from partners.delivery.send import send_message
from partners.submissions.timeline import timeline
from tests.partners.submissions.conftest import set_state

pytestmark = pytest.mark.django_db

WRONG, RIGHT = "reader@exmaple.org", "reader@example.org"


@pytest.fixture
def failed(make_submission):
    """A request whose letter failed."""
    submission = make_submission(email=WRONG)
    set_state(submission, State.FAILED)
    return submission


def correct(client, submission, address=RIGHT, again=None, seen=None):
    newest = submission.messages.order_by("-pk").first()
    return client.post(
        reverse("brochure_requests:correct_address", args=[submission.pk]),
        {"address": address, "again": again or address, "seen": newest.pk if seen is None else seen},
    )


def consent(submission, purpose, *events):
    wording = ConsentWording.objects.filter(purpose=purpose, language="en").latest("version")
    record = ConsentRecord.objects.create(
        submission=submission, purpose=purpose, wording=wording, language="en", text="We may.", ticked=True
    )
    for kind in (EventKind.GIVEN, *events):
        ConsentEvent.objects.create(record=record, kind=kind, how=Means.FORM)
    return record


def test_a_new_letter_goes_to_the_new_address(desk, failed):
    old = failed.messages.get()
    correct(desk, failed)
    failed.refresh_from_db()
    assert failed.email == RIGHT
    letters = list(failed.messages.order_by("pk"))
    assert [letter.to for letter in letters] == [WRONG, RIGHT]
    assert letters[1].message_id != old.message_id
    assert letters[1].state == State.QUEUED


def test_what_was_typed_is_kept_and_the_timeline_tells(desk, failed):
    before = failed.answers
    correct(desk, failed)
    failed.refresh_from_db()
    assert failed.answers == before
    told = {str(event.title): event.detail for event in timeline(failed)}
    assert next(detail for title, detail in told.items() if title.startswith("Address corrected by")) == (
        f"{WRONG} → {RIGHT}"
    )


def test_the_old_letters_links_open_nothing_any_more(desk, failed, client):
    link = failed.links.get()
    token = consent_url(failed).rsplit("/", 2)[-2]
    assert submission_for(token) == failed
    correct(desk, failed)
    link.refresh_from_db()
    assert link.revoked_at is not None
    assert submission_for(token) is None
    assert failed.links.usable().count() == 1


def test_confirmed_news_is_not_carried_to_another_mailbox(desk, failed):
    news, partner = consent(failed, Purpose.NEWS, EventKind.CONFIRMED), consent(failed, Purpose.HANDOVER)
    correct(desk, failed)
    assert ConsentRecord.objects.get(pk=news.pk).state == ConsentState.WITHDRAWN
    assert ConsentRecord.objects.get(pk=partner.pk).state == ConsentState.IN_FORCE


def test_ticked_news_still_waits_for_the_person(desk, failed):
    news = consent(failed, Purpose.NEWS)
    correct(desk, failed)
    assert ConsentRecord.objects.get(pk=news.pk).state == ConsentState.AWAITING


@pytest.mark.parametrize("kind", ["question", "brochure"])
def test_a_letter_on_its_way_is_not_tried_again_for_the_stranger(desk, failed, kind):
    """A worker sends it while the desk corrects the address; the server says 'later', and the next try comes."""
    consent(failed, Purpose.NEWS)
    letter = ask_to_confirm(failed) if kind == "question" else send_brochure(failed)
    asked_for_later, seen = [], failed.messages.order_by("-pk").first().pk

    def carry(envelope, conversation):
        asked_for_later.append(envelope)
        if kind == "brochure":
            # The desk's page refuses while the brochure is on its way: as if it were between two tries.
            correct_address(failed, RIGHT, User.objects.get(username="desk"))
        else:
            assert correct(desk, failed, seen=seen).status_code == 302
        raise NotAccepted(Outcome.DEFERRED, 451, "Later")

    assert send_message(letter.pk, carry)
    failed.refresh_from_db()
    assert failed.email == RIGHT
    for _ in range(3):
        OutgoingMessage.objects.filter(pk=letter.pk, state=State.QUEUED).update(due_at=in_seconds(-1))
        assert send_message(letter.pk, carry)
    letter.refresh_from_db()
    assert [envelope.to for envelope in asked_for_later] == [WRONG]
    assert letter.state == State.FAILED
    assert "address was corrected" in letter.last_error


@pytest.mark.parametrize(
    ("address", "again", "words"),
    [
        ("reader@example", None, "not a complete e-mail address"),
        ("", None, "required"),
        (RIGHT, "raeder@example.org", "not the same"),
        ('"a\x07b"@example.org', None, "not a complete e-mail address"),
    ],
)
def test_a_wrong_address_is_refused_with_clear_words(desk, failed, address, again, words):
    response = correct(desk, failed, address, again)
    assert words in response.content.decode()
    failed.refresh_from_db()
    assert failed.email == WRONG
    assert failed.messages.count() == 1


def test_the_same_address_is_no_correction(desk, failed):
    correct(desk, failed, WRONG.upper())
    assert not AddressCorrection.objects.exists()
    assert failed.messages.count() == 1


def test_a_double_click_corrects_once(desk, failed):
    seen = failed.messages.get().pk
    correct(desk, failed, seen=seen)
    correct(desk, failed, "other@example.org", seen=seen)
    assert AddressCorrection.objects.count() == 1
    assert failed.messages.count() == 2


@pytest.mark.parametrize("address", [WRONG, RIGHT])
def test_erasing_by_either_address_finds_it(desk, failed, address):
    correct(desk, failed)
    assert requests_of(address) == [failed.pk]
    erase_person(address, None)
    assert Submission.objects.get(pk=failed.pk).email == ""
    assert not AddressCorrection.objects.exists()


def test_an_editor_cannot(editor, failed):
    assert correct(editor, failed).status_code in {302, 404}
    assert not AddressCorrection.objects.exists()


def test_the_page_asks_with_the_old_address_in_sight(desk, failed):
    page = desk.get(reverse("brochure_requests:correct_address", args=[failed.pk])).content.decode()
    assert WRONG in page
    assert (
        reverse("brochure_requests:correct_address", args=[failed.pk])
        in desk.get(reverse("brochure_requests:inspect", args=[failed.pk])).content.decode()
    )
