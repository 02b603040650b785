"""partners/submissions/after_restore.py and `manage.py hold_after_restore`: nothing goes out twice unseen."""

import io
import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import registry

from partners.brochures.confirming import ask_to_confirm
from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.consent_wording import Purpose
from partners.brochures.quarantine import hold as hold_back
from partners.brochures.quarantine import release_when_there_is_room
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from partners.delivery.message import OutgoingMessage, State
from partners.delivery.outside import Receipt
from partners.delivery.send import send_message
from partners.submissions.audit import HOLD_LETTER
from partners.submissions.bulk import doing
from partners.submissions.bulk.run import Act, RunState
from partners.submissions.timeline import timeline
from tests.partners.submissions.conftest import set_state
from tests.partners.submissions.test_correct import consent

pytestmark = pytest.mark.django_db


def hold(*arguments):
    out = io.StringIO()
    call_command("hold_after_restore", *arguments, stdout=out)
    return out.getvalue()


def held_number(report, words):
    [line] = [line for line in report.splitlines() if words in line]
    return int(line.split()[0])


class Carrier:
    """Takes every letter, and keeps its Message-ID."""

    def __init__(self):
        self.taken = []

    def __call__(self, envelope, conversation):
        self.taken.append(envelope.message_id)
        return Receipt(250, "taken")


def leave_sending(submission, seconds):
    """Let the letter be in a worker's hands whose lease ran out so many seconds ago."""
    set_state(submission, "sending")
    letter = submission.messages.get()
    OutgoingMessage.objects.filter(pk=letter.pk).update(
        claimed_at=timezone.now() - timedelta(seconds=seconds + 15),
        lease_until=timezone.now() - timedelta(seconds=seconds),
    )
    return letter


def test_a_worker_on_a_restored_database_sends_again_what_had_left(submission):
    carrier, letter = Carrier(), submission.messages.get()
    assert send_message(letter.pk, carrier)
    set_state(submission, "queued")  # as the backup has it
    assert send_message(letter.pk, carrier)
    assert carrier.taken == [letter.message_id, letter.message_id]


def test_what_was_held_is_not_sent_and_the_desk_sees_why(desk, submission):
    carrier, letter = Carrier(), submission.messages.get()
    assert held_number(hold(), "letters to readers held") == 1
    assert not send_message(letter.pk, carrier)
    assert carrier.taken == []
    letter.refresh_from_db()
    assert letter.state == State.CANCELLED
    assert "Letter held after a restore" in [str(event.title) for event in timeline(submission)]
    assert (
        "Letter held after a restore"
        in desk.get(reverse("brochure_requests:inspect", args=[submission.pk])).content.decode()
    )
    assert registry.get_logs_for_instance(submission).filter(action=HOLD_LETTER).count() == 1


def test_what_a_worker_was_sending_is_held_as_well(submission):
    letter = leave_sending(submission, seconds=60)
    hold()
    letter.refresh_from_db()
    assert letter.state == State.CANCELLED
    assert [attempt.outcome for attempt in letter.attempts.all()] == ["abandoned"]


def test_what_may_be_in_somebodys_hands_is_left_alone(submission):
    set_state(submission, "sending")
    with pytest.raises(CommandError, match="Wait 30 s"):
        hold()
    assert submission.messages.get().state == State.SENDING


def test_a_worker_that_runs_has_to_be_stopped_first(submission):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    with pytest.raises(CommandError, match="Stop it"):
        hold()
    assert submission.messages.get().state == State.QUEUED


def test_a_dry_run_says_the_same_and_holds_nothing(make_submission):
    for _ in range(3):
        make_submission()
    assert held_number(hold("--dry-run"), "letters to readers would be held") == 3
    assert OutgoingMessage.objects.filter(state=State.QUEUED).count() == 3
    assert held_number(hold(), "letters to readers held") == 3
    assert held_number(hold(), "letters to readers held") == 0


def test_what_is_younger_than_the_time_goes_out(make_submission):
    old, new = make_submission(), make_submission()
    OutgoingMessage.objects.filter(pk=old.messages.get().pk).update(created_at=timezone.now() - timedelta(hours=2))
    hold("--before", (timezone.now() - timedelta(hours=1)).isoformat())
    assert (old.messages.get().state, new.messages.get().state) == (State.CANCELLED, State.QUEUED)


def test_nonsense_is_no_time():
    for text in ("yesterday", "2026-13-45 10:00"):
        with pytest.raises(CommandError, match="Write it as"):
            hold("--before", text)


def test_the_list_names_what_to_look_for_in_a_mail_log(submission):
    letter = submission.messages.get()
    before = hold("--list")
    hold()
    assert before == hold("--list")
    assert letter.message_id in before
    assert submission.reference in before
    assert submission.email not in before


def test_the_desk_lets_them_go_together_and_no_other_that_was_cancelled(desk, desk_user, make_submission):
    held, by_hand = [make_submission() for _ in range(2)], make_submission()
    set_state(by_hand, "cancelled")
    hold()
    found = desk.get(reverse("brochure_requests:index"), {"quarantine": "restored"}).context["object_list"]
    assert {each.pk for each in found} == {each.pk for each in held}
    run, _is_new = doing.ask_for_run(desk_user, Act.RESEND, [each.pk for each in found], uuid.uuid4())
    doing.do_run(run.pk)
    assert [[letter.state for letter in each.messages.order_by("pk")] for each in held] == [
        [State.CANCELLED, State.QUEUED]
    ] * 2
    assert not desk.get(reverse("brochure_requests:index"), {"quarantine": "restored"}).context["object_list"]


def test_what_waited_for_a_busy_hour_waits_for_a_person(desk, make_submission):
    waiting = make_submission(sent=False)
    hold_back(waiting, [Sign.BUSY_HOUR])
    assert held_number(hold(), "busy hour") == 1
    assert release_when_there_is_room() == 0
    found = desk.get(reverse("brochure_requests:index"), {"quarantine": "restored"}).context["object_list"]
    assert [each.pk for each in found] == [waiting.pk]
    assert Submission.objects.get(pk=waiting.pk).quarantine_reasons == ["busy_hour", "restored"]


def test_a_question_that_was_called_back_is_asked_again_with_the_next_request(make_submission):
    first, second = (make_submission(email="ada@example.com") for _ in range(2))
    for each in (first, second):
        consent(each, Purpose.NEWS)
    ask_to_confirm(first)
    assert held_number(hold(), "questions to confirm news held") == 1
    ask_to_confirm(second)
    assert [question.state for question in ConsentConfirmation.objects.order_by("pk")] == ["cancelled", "queued"]


@pytest.mark.parametrize(("act", "state"), [(Act.RESEND, RunState.STOPPED), (Act.ERASE, RunState.OPEN)])
def test_an_act_upon_many_is_stopped_where_it_sends(desk_user, make_submission, act, state):
    made = make_submission()
    run, _is_new = doing.ask_for_run(desk_user, act, [made.pk], uuid.uuid4())
    hold()
    run.refresh_from_db()
    assert run.state == state


def test_letters_to_the_staff_go_out(db):
    message = OutgoingMessage.objects.create(kind="staff_digest", to="desk@example.com")
    assert held_number(hold(), "letters to the staff go out") == 1
    message.refresh_from_db()
    assert message.state == State.QUEUED
