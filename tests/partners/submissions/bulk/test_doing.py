"""partners/submissions/bulk/doing.py and acts.py: each request once, within the limits, whoever is killed."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.brochures.limits import Allowance
from partners.brochures.quarantine import SpamAlready, close_as_spam, hold, release
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from partners.submissions.bulk import acts, doing
from partners.submissions.bulk.doing import ask_for_run, do_run, stop_run, take_up_runs
from partners.submissions.bulk.run import Act, BulkRun, RunState
from partners.submissions.inbox import SubmissionQuerySet
from partners.submissions.resend import resend_brochure
from tests.partners.submissions.conftest import set_state

pytestmark = pytest.mark.django_db


def asked(user, act, requests):
    return ask_for_run(user, act, [each.pk for each in requests], uuid.uuid4())[0]


def done(user, act, requests):
    run = asked(user, act, requests)
    do_run(run.pk)
    run.refresh_from_db()
    return run


def left(run):
    return {reason: known["count"] for reason, known in run.left.items()}


@pytest.fixture
def make_sent(make_submission):
    def make(**fields):
        made = make_submission(**fields)
        set_state(made, "sent")
        return made

    return make


def test_mailbox_gets_no_more_letters_than_from_the_form(settings, desk_user, make_sent):
    settings.FORM_MAILBOX_PER_DAY = 2
    same = [make_sent(email=f"ada+{number}@example.com") for number in range(4)]
    run = done(desk_user, Act.RESEND, same)
    assert (run.state, run.done, left(run)) == (RunState.DONE, 2, {"mailbox": 2})
    assert sorted(each.messages.count() for each in same) == [1, 1, 2, 2]


def test_the_desk_sends_no_more_than_it_may_in_a_day(settings, desk_user, make_sent, superuser):
    settings.BULK_RESENDS_PER_DAY = 3
    made = [make_sent() for _ in range(5)]
    first = done(desk_user, Act.RESEND, made[:2])
    second = done(superuser, Act.RESEND, made[2:])
    assert (first.done, second.done, left(second)) == (2, 1, {"day": 2})
    # What was refused took nothing of its mailbox.
    assert Allowance.objects.filter(scope="mailbox_all").count() == 3


def test_resend_leaves_alone_what_cannot_be_sent(desk_user, make_sent, make_submission):
    held, erased, waiting, resent = make_submission(sent=False), make_sent(), make_submission(), make_sent()
    hold(held, [Sign.TRAP])
    Submission.objects.filter(pk=erased.pk).update(email="", name="", company="", answers=[])
    run = asked(desk_user, Act.RESEND, [held, erased, waiting, resent])
    done(desk_user, Act.RESEND, [resent])
    set_state(resent, "sent")
    do_run(run.pk)
    run.refresh_from_db()
    assert left(run) == {"held": 1, "erased": 1, "on_its_way": 1, "resent": 1}
    assert (run.done, run.left_count, run.percent) == (0, 4, 100)


def test_resend_leaves_alone_whoever_called_a_letter_spam(desk_user, make_sent):
    complained, before, corrected, sent = (make_sent() for _ in range(4))
    set_state(complained, "complained")
    for each in (before, corrected):
        complaint = set_state(each, "complained")
        # A person may look and send once more, here to the same address, there to another.
        address = "right@example.com" if each == corrected else ""
        resend_brochure(each, by=desk_user, seen=complaint.pk, address=address)
        set_state(each, "failed")
    every = SubmissionQuerySet(Submission).with_mail()
    assert set(acts.possible(every, Act.RESEND)) == {corrected, sent}
    run = done(desk_user, Act.RESEND, [complained, before, corrected, sent])
    assert (run.done, left(run)) == (2, {"complained": 2})
    assert [each.messages.count() for each in (complained, before, corrected, sent)] == [1, 2, 3, 2]


def test_interrupted_step_sends_nothing_twice(desk_user, make_sent, monkeypatch):
    monkeypatch.setattr(doing, "_STEP_ELSE", 2)
    made = [make_sent() for _ in range(4)]
    run = asked(desk_user, Act.RESEND, made)

    def dies(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(doing, "_with", dies)
        with pytest.raises(KeyboardInterrupt):
            do_run(run.pk)
    run.refresh_from_db()
    assert (run.place, [each.messages.count() for each in made]) == (0, [2, 2, 1, 1])
    for each in made[:2]:
        set_state(each, "sent")
    do_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert [each.messages.count() for each in made] == [2, 2, 2, 2]
    assert left(run) == {"resent": 2}


def test_right_that_is_lost_ends_it(desk_user, make_sent, monkeypatch):
    monkeypatch.setattr(doing, "_STEP_ELSE", 1)
    made = [make_sent(), make_sent()]
    run = asked(desk_user, Act.SPAM, made)
    original = doing.act_upon

    def and_loses_the_right(*arguments):
        original(*arguments)
        desk_user.groups.remove(Group.objects.get(name="Submission admins"))

    monkeypatch.setattr(doing, "act_upon", and_loses_the_right)
    do_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, run.place) == (RunState.RIGHT_LOST, 1, 1)


@pytest.mark.parametrize("act", Act.values)
def test_account_that_was_shut_does_nothing(desk_user, make_sent, act):
    made = make_sent()
    desk_user.is_active = False
    desk_user.save()
    assert done(desk_user, act, [made]).state == RunState.RIGHT_LOST
    assert made.messages.count() == 1
    assert Submission.objects.get(pk=made.pk).spam_at is None


def test_ids_of_nobody_are_left_alone(desk_user, make_sent):
    made = make_sent()
    run, _ = ask_for_run(desk_user, Act.ERASE, [made.pk, made.pk + 1000], uuid.uuid4())
    do_run(run.pk)
    run.refresh_from_db()
    assert (run.done, left(run)) == (1, {"unseen": 1})
    again = done(desk_user, Act.ERASE, [made])
    assert left(again) == {"erased": 1}


def test_stopped_run_does_no_more(desk_user, make_sent):
    made = make_sent()
    run = asked(desk_user, Act.SPAM, [made])
    assert stop_run(run)
    assert not stop_run(run)
    do_run(run.pk)
    assert Submission.objects.get(pk=made.pk).spam_at is None


def test_worker_that_stops_gives_it_back(desk_user, make_sent):
    run = asked(desk_user, Act.SPAM, [make_sent()])
    do_run(run.pk, is_stopping=lambda: True)
    assert ProcrastinateJob.objects.get(task_name=doing.RUN_TASK).args == {"run_id": run.pk}
    assert BulkRun.objects.get().is_open


def test_lost_run_is_taken_up_once_and_old_ones_go(desk_user, make_sent):
    run = asked(desk_user, Act.SPAM, [make_sent()])
    take_up_runs()
    assert not ProcrastinateJob.objects.filter(task_name=doing.RUN_TASK).exists()
    BulkRun.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    take_up_runs()
    take_up_runs()
    assert ProcrastinateJob.objects.get(task_name=doing.RUN_TASK).args == {"run_id": run.pk}
    do_run(run.pk)
    take_up_runs()
    assert BulkRun.objects.exists()
    BulkRun.objects.update(ended_at=timezone.now() - doing.KEEP_RUNS - timedelta(minutes=1))
    take_up_runs()
    assert not BulkRun.objects.exists()


def test_one_that_goes_wrong_stops_no_other(desk_user, make_sent, monkeypatch, caplog):
    made = [make_sent() for _ in range(3)]
    original = acts.release

    def sometimes(submission, by):
        if submission.pk == made[1].pk:
            raise RuntimeError("Broken.")
        return original(submission, by)

    for each in made:
        close_as_spam(each, desk_user)
    monkeypatch.setattr(acts, "release", sometimes)
    run = done(desk_user, Act.RELEASE, made)
    assert (run.done, left(run)) == (2, {"failed": 1})
    assert made[1].email not in caplog.text
    caplog.clear()


def test_spam_that_came_through_is_closed_and_comes_back(desk_user, make_submission):
    made = make_submission()
    close_as_spam(made, desk_user)
    made.refresh_from_db()
    assert (made.quarantine_reasons, made.messages.get().state) == (["desk"], "cancelled")
    with pytest.raises(SpamAlready):
        close_as_spam(made, desk_user)
    # Its letter had been called back, so this is the first one.
    assert release(made, desk_user) is not None
    made.refresh_from_db()
    assert made.spam_at is None
    set_state(made, "sent")
    close_as_spam(made, desk_user)
    assert release(made, desk_user) is None
    made.refresh_from_db()
    assert (made.quarantine_reasons, made.messages.count()) == (["desk"], 2)
