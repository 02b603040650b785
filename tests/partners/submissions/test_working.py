"""partners/submissions/working.py, work_view.py and note.py: who has a request in hand, and what is noted about it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from partners.brochures.erasing import erase_requests
from partners.brochures.submission import Submission, WorkStatus
from partners.submissions.note import SubmissionNote
from partners.submissions.work_view import work_context
from partners.submissions.working import Erased, add_note, colleagues, set_work
from tests.partners.submissions.conftest import client_of, user_in
from tests.partners.submissions.test_listing import listed

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script> 陳"


def work_url(submission):
    return reverse("brochure_requests:work", args=[submission.pk])


def page(client, submission):
    return client.get(reverse("brochure_requests:inspect", args=[submission.pk])).content.decode()


def log_of(submission):
    entries = ModelLogEntry.objects.filter(object_id=str(submission.pk)).order_by("pk")
    return [(entry.action.rpartition(".")[2], entry.data) for entry in entries]


def test_status_and_assignee_are_set_shown_filtered_and_logged_once(desk, desk_user, make_submission):
    mine, other = make_submission(), make_submission()
    body = {"status": "in_work", "assignee": desk_user.pk}
    for _ in range(2):
        assert desk.post(work_url(mine), body).status_code == 302
    mine.refresh_from_db()
    assert (mine.status, mine.assignee) == ("in_work", desk_user)
    assert log_of(mine) == [
        ("status", {"old": "new", "new": "in_work"}),
        ("assign", {"new": "desk"}),
    ]
    assert listed(desk, "?status=in_work")[0] == listed(desk, f"?assignee={desk_user.pk}")[0] == [mine.reference]
    assert listed(desk, "?status=new")[0] == [other.reference]
    assert "Mei Lam" in page(desk, mine)


@pytest.mark.parametrize("body", [{"status": "lost"}, {"status": "won", "assignee": 99999}, {"status": ""}, {}])
def test_what_there_is_not_is_refused_in_words(desk, submission, body):
    response = desk.post(work_url(submission), body, follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    submission.refresh_from_db()
    assert (submission.status, submission.assignee) == (WorkStatus.NEW, None)


def test_only_who_may_work_on_requests_can_be_given_one(desk_user, editor_user, superuser):
    assert set(colleagues()) == {desk_user, superuser}


def test_database_refuses_a_status_that_there_is_not(submission):
    with pytest.raises(IntegrityError, match="submission_status"), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(status="lost")


def test_note_is_kept_escaped_and_its_words_stay_out_of_the_log(desk, desk_user, submission):
    desk.post(work_url(submission), {"text": SCRIPT})
    note = SubmissionNote.objects.get()
    assert (note.text, note.author) == (SCRIPT, desk_user)
    html = page(desk, submission)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 陳" in html
    assert SCRIPT not in html
    assert log_of(submission) == [("note", {"note": note.pk})]


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_empty_and_endless_notes_are_refused(desk, submission, text):
    desk.post(work_url(submission), {"text": text})
    assert not SubmissionNote.objects.exists()


def test_a_note_is_counted_as_the_browser_counts_it(desk, submission):
    # A line end is one character in the page, which stops at the limit, and two in what is sent.
    text = "line\n" * 399 + "ends."
    desk.post(work_url(submission), {"text": text.replace("\n", "\r\n")})
    assert SubmissionNote.objects.get().text == text


def as_shown(client, submission, **chosen):
    """Return what the form of the request's page sends where `chosen` was changed in it."""
    form = client.get(reverse("brochure_requests:inspect", args=[submission.pk])).context["work_form"]
    shown = {}
    for field in form:
        value = field.value()
        shown[field.html_name] = shown[field.html_initial_name] = "" if value is None else str(value)
    return {**shown, **chosen}


def test_two_at_once_each_change_what_they_changed(desk, desk_user, submission):
    first = as_shown(desk, submission, status="won")
    second = as_shown(desk, submission, assignee=desk_user.pk)
    desk.post(work_url(submission), first)
    desk.post(work_url(submission), second)
    submission.refresh_from_db()
    assert (submission.status, submission.assignee) == (WorkStatus.WON, desk_user)


def test_two_at_once_who_want_something_else_are_told(desk, submission):
    first, second = (as_shown(desk, submission, status=status) for status in ("won", "closed"))
    desk.post(work_url(submission), first, follow=True)
    response = desk.post(work_url(submission), second, follow=True)
    assert ["changed it meanwhile" in str(message) for message in response.context["messages"]] == [True]
    submission.refresh_from_db()
    assert submission.status == WorkStatus.WON
    desk.post(work_url(submission), as_shown(desk, submission, status="closed"))
    submission.refresh_from_db()
    assert submission.status == WorkStatus.CLOSED


@pytest.mark.parametrize("seen", ["9" * 5000, "9" * 30, "²", "x"])
def test_what_was_seen_is_nobody_where_it_is_no_id(desk, submission, seen):
    desk.post(work_url(submission), {**as_shown(desk, submission, status="won"), "initial-assignee": seen})
    submission.refresh_from_db()
    assert submission.status == WorkStatus.WON


def without_work():
    group = Group.objects.create(name="Readers")
    group.permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_submission"]))
    return client_of(user_in("Readers", username="reader"))


def test_who_only_reads_sees_no_notes_and_cannot_work(desk_user, submission):
    add_note(submission, "Between us.", by=desk_user)
    reader = without_work()
    assert "Between us." not in page(reader, submission)
    for body in ({"text": "x"}, {"status": "won"}):
        assert reader.post(work_url(submission), body).status_code == 404
    assert SubmissionNote.objects.count() == 1


def test_editor_does_not_learn_whether_it_exists(editor, submission):
    for pk in (submission.pk, submission.pk + 1000):
        assert editor.post(reverse("brochure_requests:work", args=[pk]), {"status": "won"}).status_code == 404


def test_nothing_is_worked_on_by_reading(desk, submission):
    assert desk.get(work_url(submission)).status_code == 405


def test_other_requests_of_the_same_person_are_named(desk, make_submission):
    first = make_submission(email="ada@example.com")
    again = make_submission(email="ADA@example.com")
    stranger = make_submission(email="bo@example.com")
    html = page(desk, again)
    assert first.reference in html
    assert stranger.reference not in html


def test_other_requests_of_a_person_are_found_by_an_index(superuser, submission, make_submission):
    """Of somebody with a single request, all that there are would be read for them."""
    for _ in range(400):
        make_submission(sent=False)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE partners_submission")
    assert "submission_by_lower_email" in work_context(submission, superuser)["others"].explain()


def test_erasing_takes_notes_away_and_ends_the_work(desk_user, submission):
    add_note(submission, "Ada called.", by=desk_user)
    erase_requests(Submission.objects.filter(pk=submission.pk), by=desk_user)
    assert not SubmissionNote.objects.exists()
    with pytest.raises(Erased):
        add_note(submission, "Ada again.", by=desk_user)
    with pytest.raises(Erased):
        set_work(submission, WorkStatus.WON, None, by=desk_user)


def test_page_costs_the_same_however_much_there_is(desk, desk_user, make_submission):
    submission = make_submission(email="ada@example.com")
    counts = []
    for _ in range(2):
        page(desk, submission)
        with CaptureQueriesContext(connection) as queries:
            page(desk, submission)
        counts.append(len(queries))
        for number in range(5):
            add_note(submission, f"Note {number}", by=desk_user)
            make_submission(email="ada@example.com")
    assert counts[0] == counts[1]
