"""Cancelling a letter and withdrawing a consent at the desk, and what the timeline tells of its acts."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from partners.brochures.consent_record import ConsentRecord, ConsentState
from partners.brochures.consent_wording import Purpose
from partners.delivery.message import State
from partners.submissions.exporting.exported import ExportedBatch, exports_of
from partners.submissions.timeline import timeline
from tests.partners.submissions.conftest import set_state
from tests.partners.submissions.test_correct import consent

pytestmark = pytest.mark.django_db


def titles(submission):
    return [str(event.title) for event in timeline(submission)]


def cancel_url(submission, letter):
    return reverse("brochure_requests:cancel_letter", args=[submission.pk, letter.pk])


def test_a_letter_that_waits_is_cancelled(desk, make_submission):
    submission = make_submission()
    letter = submission.messages.get()
    assert letter.to in desk.get(cancel_url(submission, letter)).content.decode()
    desk.post(cancel_url(submission, letter))
    letter.refresh_from_db()
    assert letter.state == State.CANCELLED
    assert any(title.startswith("Letter cancelled by") for title in titles(submission))


@pytest.mark.parametrize("state", [State.SENDING, State.SENT])
def test_a_letter_that_does_not_wait_is_not(desk, make_submission, state):
    submission = make_submission()
    set_state(submission, state)
    letter = submission.messages.get()
    page = desk.get(cancel_url(submission, letter)).content.decode()
    assert ("being sent at this moment" in page) == (state == State.SENDING)
    desk.post(cancel_url(submission, letter))
    letter.refresh_from_db()
    assert letter.state == state
    assert not any("cancelled by" in title for title in titles(submission))


def test_another_requests_letter_is_not_found(desk, make_submission):
    mine, other = make_submission(), make_submission()
    assert desk.post(cancel_url(mine, other.messages.get())).status_code == 404
    assert other.messages.get().state == State.QUEUED


def test_a_consent_is_withdrawn_for_the_person(desk, make_submission):
    submission = make_submission()
    record = consent(submission, Purpose.HANDOVER)
    url = reverse("brochure_requests:withdraw", args=[submission.pk, Purpose.HANDOVER])
    assert url in desk.get(reverse("brochure_requests:inspect", args=[submission.pk])).content.decode()
    assert record.text in desk.get(url).content.decode()
    desk.post(url)
    record = ConsentRecord.objects.get(pk=record.pk)
    assert record.state == ConsentState.WITHDRAWN
    assert record.events.last().user is not None
    assert desk.post(url).status_code == 404


@pytest.mark.parametrize("purpose", ["news", "nonsense"])
def test_what_does_not_stand_cannot_be_withdrawn(desk, make_submission, purpose):
    url = reverse("brochure_requests:withdraw", args=[make_submission().pk, purpose])
    assert desk.get(url).status_code == 404


def test_an_editor_can_do_neither(editor, make_submission):
    submission = make_submission()
    record = consent(submission, Purpose.HANDOVER)
    editor.post(reverse("brochure_requests:withdraw", args=[submission.pk, Purpose.HANDOVER]))
    editor.post(cancel_url(submission, submission.messages.get()))
    assert ConsentRecord.objects.get(pk=record.pk).state == ConsentState.IN_FORCE
    assert submission.messages.get().state == State.QUEUED


def test_looks_are_folded_into_one_line_each(desk, make_submission):
    submission = make_submission()
    for _ in range(3):
        desk.get(reverse("brochure_requests:inspect", args=[submission.pk]))
    looks = [event for event in timeline(submission) if str(event.title).startswith("Saw the request:")]
    assert len(looks) == 1
    assert looks[0].detail.startswith("3 times since")


def test_work_is_told(desk, make_submission):
    submission = make_submission()
    url = reverse("brochure_requests:work", args=[submission.pk])
    desk.post(url, {"text": "Called twice."})
    desk.post(url, {"status": "won", "assignee": ""})
    told = titles(submission)
    assert any(title.startswith("Note by") for title in told)
    assert any(title.startswith("Status set by") for title in told)


def test_an_export_is_told_to_the_requests_in_it_alone(desk, make_submission):
    inside, outside = make_submission(email="in@example.org"), make_submission(email="out@example.org")
    fields = {"key": str(uuid.uuid4()), "format": "csv", "kind": "own"}
    response = desk.post(f"{reverse('request_export')}?q={inside.reference}", fields)
    assert inside.reference in b"".join(response.streaming_content).decode()
    assert any(title.startswith("Exported by") for title in titles(inside))
    assert not any(title.startswith("Exported by") for title in titles(outside))
    assert list(exports_of(inside).values_list("user__username", flat=True)) == [
        User.objects.get(pk=int(desk.session["_auth_user_id"])).username
    ]
    assert ExportedBatch.objects.get().submissions == [inside.pk]
