"""partners/submissions/resend.py and resend_view.py: one decision, one letter, and who decided."""

import threading
import uuid

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.urls import reverse
from wagtail.log_actions import registry

from partners.brochures.sending import send_brochure
from partners.brochures.submission import Submission
from partners.submissions.audit import RESEND
from partners.submissions.resend import AlreadyResent, NothingToSend, ResendRefused, StillOnItsWay, resend_brochure
from tests import builders
from tests.faults.committed import empty_queue
from tests.partners.submissions.conftest import set_state


def log_entries(submission):
    return list(registry.get_logs_for_instance(submission).filter(action=RESEND))


def url_of(submission):
    return reverse("brochure_requests:resend", args=[submission.pk])


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["sent", "delivered", "bounced", "complained", "failed", "cancelled"])
def test_closed_letter_is_followed_by_a_new_one_with_a_new_link(submission, desk_user, state):
    old = set_state(submission, state)
    new = resend_brochure(submission, by=desk_user, seen=old.pk)
    assert (new.to, new.state) == (submission.email, "queued")
    assert new.message_id != old.message_id
    assert new.link_id != old.link_id
    assert new.link.brochure_file == submission.brochure_file


@pytest.mark.django_db
def test_log_says_who_and_holds_nothing_personal(submission, desk_user):
    old = set_state(submission, "sent")
    new = resend_brochure(submission, by=desk_user, seen=old.pk)
    (entry,) = log_entries(submission)
    assert entry.user == desk_user
    assert entry.label == submission.reference
    assert entry.data == {"message": new.pk}


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["queued", "sending"])
def test_letter_on_its_way_is_not_doubled(submission, desk_user, state):
    old = set_state(submission, state)
    with pytest.raises(StillOnItsWay):
        resend_brochure(submission, by=desk_user, seen=old.pk)
    assert submission.messages.count() == 1
    assert log_entries(submission) == []


@pytest.mark.django_db
def test_second_click_is_refused_even_after_the_first_letter_was_accepted(submission, desk_user):
    old = set_state(submission, "sent")
    resend_brochure(submission, by=desk_user, seen=old.pk)
    set_state(submission, "sent")
    with pytest.raises(AlreadyResent):
        resend_brochure(submission, by=desk_user, seen=old.pk)
    assert submission.messages.count() == 2


@pytest.mark.django_db
def test_brochure_that_had_no_file_is_sent_once_it_has_one(make_submission, offer, desk_user):
    empty = type(offer.brochure).objects.create(title="Empty")
    submission = make_submission(brochure=empty, brochure_file=None)
    old = set_state(submission, "failed")
    with pytest.raises(NothingToSend):
        resend_brochure(submission, by=desk_user, seen=old.pk)
    file = builders.add_file(empty, builders.pdf_bytes())
    new = resend_brochure(submission, by=desk_user, seen=old.pk)
    assert new.link.brochure_file == file
    submission.refresh_from_db()
    assert submission.brochure_file == file


@pytest.mark.django_db
def test_request_without_any_letter_can_be_answered(make_submission, desk_user):
    submission = make_submission(sent=False)
    assert resend_brochure(submission, by=desk_user, seen=None).state == "queued"


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Return a failed request and a user that other connections see too; both are gone afterwards."""
    with django_db_blocker.unblock():
        user = User.objects.create_user("clicker")
        brochure = builders.brochure()
        made = Submission.objects.create(
            reference="QH-TWO-CLICKS",
            key=uuid.uuid4(),
            form_title="Form",
            brochure=brochure,
            brochure_file=brochure.files.first(),
            brochure_title=brochure.title,
            language="en",
            email="clicks@example.com",
            name="Reader",
        )
        try:
            send_brochure(made)
            set_state(made, "failed")
            yield made, user
        finally:
            registry.get_logs_for_instance(made).delete()
            made.messages.all().delete()
            made.delete()
            brochure.delete()
            user.delete()
            # Storing and deleting a brochure leave jobs for its cover and its index.
            empty_queue()
            connection.close()


def test_two_clicks_at_the_same_moment_make_one_letter(committed):
    submission, user = committed
    seen = submission.messages.get().pk
    start = threading.Barrier(2)
    outcomes = []

    def click():
        try:
            start.wait(timeout=30)
            outcomes.append(resend_brochure(Submission.objects.get(pk=submission.pk), by=user, seen=seen))
        except ResendRefused as refusal:
            outcomes.append(refusal)
        finally:
            connections.close_all()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join(timeout=60)
    assert sorted(isinstance(outcome, AlreadyResent) for outcome in outcomes) == [False, True]
    assert submission.messages.count() == 2
    assert len(log_entries(submission)) == 1


@pytest.mark.django_db
def test_get_asks_and_sends_nothing(desk, submission):
    set_state(submission, "sent")
    response = desk.get(url_of(submission))
    assert response.status_code == 200
    html = response.content.decode()
    assert "ada@example.com" in html
    assert "Accepted by the mail server" in html
    assert "Yes, send it again" in html
    assert submission.messages.count() == 1


@pytest.mark.django_db
def test_post_sends_and_says_so(desk, submission):
    set_state(submission, "sent")
    seen = desk.get(url_of(submission)).context["form"].initial["seen"]
    response = desk.post(url_of(submission), {"seen": seen}, follow=True)
    assert response.redirect_chain == [(reverse("brochure_requests:inspect", args=[submission.pk]), 302)]
    assert "QH-TEST-0001: the brochure is on its way again." in response.content.decode()
    assert submission.messages.count() == 2
    again = desk.post(url_of(submission), {"seen": seen}, follow=True)
    assert "Not sent. It has been sent again in the meantime." in again.content.decode()
    assert submission.messages.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("data", [{}, {"seen": ""}, {"seen": "x"}, {"seen": "9" * 40}])
def test_post_that_saw_no_letter_sends_nothing(desk, submission, data):
    set_state(submission, "sent")
    assert desk.post(url_of(submission), data).status_code == 302
    assert submission.messages.count() == 1


@pytest.mark.django_db
def test_page_says_why_it_cannot_be_resent(desk, submission):
    response = desk.get(url_of(submission))
    html = response.content.decode()
    assert "still on its way" in html
    assert "Yes, send it again" not in html
