"""partners/submissions/bulk/actions.py and progress.py: what is ticked, what the page says, and who may."""

import re
import uuid

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.log_actions import registry

from partners.brochures.quarantine import hold
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from partners.submissions.bulk import actions, doing
from partners.submissions.bulk.run import BulkRun
from tests.partners.submissions.conftest import client_of, set_state, user_in

pytestmark = pytest.mark.django_db

ACTS = ("resend", "release", "spam", "erase")


def url(act, *ids, **query):
    address = reverse("wagtail_bulk_action", args=["partners", "submission", act])
    return f"{address}?{'&'.join([*(f'id={pk}' for pk in ids), *(f'{name}={value}' for name, value in query.items())])}"


def confirm(client, address, **changed):
    """Look at the page, press its button, and return the answer."""
    page = client.get(address)
    assert page.status_code == 200
    form = BeautifulSoup(page.content, "html.parser").find(class_="desk-answer")
    assert form["action"] == address
    return client.post(form["action"], {**fields_of(form), **changed}, follow=True)


def fields_of(form):
    known = {"key", "expected", "newest_letter"}
    return {field["name"]: field["value"] for field in form.find_all("input") if field["name"] in known}


def said(response):
    return " ".join(map(str, response.context["messages"]))


def words(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").find("main").get_text(" ").split())


@pytest.fixture
def some(make_submission):
    made = [make_submission() for _ in range(3)]
    for each in made:
        set_state(each, "sent")
    return made


def test_footer_offers_what_the_user_may_do(desk, some):
    found = BeautifulSoup(desk.get(reverse("brochure_requests:index")).content, "html.parser")
    footer = found.find("section", attrs={"data-bulk-action-footer": True})
    assert [link.get_text(strip=True) for link in footer.find_all("a")] == [
        "Resend",
        "Release",
        "Mark as spam",
        "Export",
        "Erase",
    ]
    assert {box["data-object-id"] for box in found.find_all(attrs={"data-bulk-action-checkbox": True})} == {
        str(each.pk) for each in some
    }
    for box in found.find_all(attrs={"data-bulk-action-checkbox": True}):
        assert found.find(id=box["aria-describedby"]).get_text(strip=True).startswith("QH-TEST-")


def test_who_may_only_look_is_offered_and_granted_nothing(some):
    reader = user_in(username="reader")
    reader.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_submission"]))
    client = client_of(reader)
    html = client.get(reverse("brochure_requests:index")).content.decode()
    assert "data-bulk-action" not in html
    for act in (*ACTS, "export"):
        for method in (client.get, client.post):
            answer = method(url(act, some[0].pk), {"key": uuid.uuid4(), "expected": 1} if method == client.post else {})
            assert (answer.status_code, answer.url) == (302, reverse("wagtailadmin_home"))
    assert not BulkRun.objects.exists()


@pytest.mark.parametrize("act", [*ACTS, "export"])
def test_looking_changes_nothing(desk, some, act):
    before = list(Submission.objects.order_by("pk").values())
    for method in (desk.get, desk.head, desk.options):
        method(url(act, *[each.pk for each in some]))
    assert list(Submission.objects.order_by("pk").values()) == before
    assert not BulkRun.objects.exists()
    assert [each.messages.count() for each in some] == [1, 1, 1]


def test_resend_says_how_many_and_writes_each_into_its_history(desk, desk_user, some, make_submission):
    waiting = make_submission()
    address = url("resend", *[each.pk for each in some], waiting.pk)
    page = words(desk.get(address))
    assert "4 requests" in page
    assert "With 1 of them it cannot be done as things are; it is left alone." in page
    assert some[0].name not in page
    assert some[0].email not in page
    answer = confirm(desk, address)
    assert "3 requests: the brochure is on its way again." in said(answer)
    assert "1 left alone. The last letter is still on its way." in said(answer)
    assert [each.messages.count() for each in (*some, waiting)] == [2, 2, 2, 1]
    for each in some:
        (entry,) = registry.get_logs_for_instance(each)
        assert (entry.action, entry.user) == ("partners.submission.resend", desk_user)
    assert not ProcrastinateJob.objects.filter(task_name=doing.RUN_TASK).exists()
    run = BulkRun.objects.get()
    page = desk.get(reverse("bulk_run", args=[run.pk]))
    assert "1: The last letter is still on its way." in words(page)
    assert waiting.reference in words(page)
    assert "Resend" in words(desk.get(reverse("bulk_runs")))


def test_release_mark_as_spam_and_undo(desk, some, make_submission):
    held = make_submission(sent=False)
    hold(held, [Sign.TRAP])
    ids = [some[0].pk, held.pk]
    assert "2 requests: closed as spam." in said(confirm(desk, url("spam", *ids)))
    html = desk.get(reverse("brochure_requests:index_results") + "?mail_state=spam").content.decode()
    assert html.count("Closed as spam") >= 2
    assert "The desk says that it is spam." in html
    assert Submission.objects.get(pk=some[0].pk).quarantine_reasons == ["desk"]
    assert Submission.objects.get(pk=held.pk).quarantine_reasons == ["trap"]
    assert "cannot be done" in words(desk.get(url("spam", *ids)))
    assert "2 requests: released." in said(confirm(desk, url("release", *ids)))
    # One had its letter before; the other gets its first.
    assert [some[0].messages.count(), held.messages.count()] == [1, 1]
    assert not Submission.objects.exclude(spam_at=None).exists()


def test_erase(desk, some):
    assert "2 requests: erased." in said(confirm(desk, url("erase", some[0].pk, some[1].pk)))
    assert [Submission.objects.get(pk=each.pk).email for each in some] == ["", "", some[2].email]
    again = desk.get(url("erase", some[0].pk))
    assert BeautifulSoup(again.content, "html.parser").find(class_="desk-answer").button.has_attr("disabled")


def test_export_goes_on_to_the_page_that_asks(desk, some):
    answer = desk.get(url("export", some[0].pk, some[2].pk), follow=True)
    assert "2 requests." in words(answer)
    assert "Ticked 2 requests" in words(answer)
    answer = desk.get(url("export", "all", q="QH-TEST-0002", p="1"), follow=True)
    assert "1 request." in words(answer)
    assert desk.post(url("export", some[0].pk)).status_code == 405


def test_all_that_match_are_those_of_the_filter(desk, some, make_submission):
    other = make_submission(language="zh-hant")
    set_state(other, "sent")
    page = words(desk.get(url("resend", "all", language="en", q="Reader")))
    assert "3 requests" in page
    assert "English" in page
    confirm(desk, url("resend", "all", language="en", q="Reader"))
    assert [each.messages.count() for each in (*some, other)] == [2, 2, 2, 1]


def test_what_is_no_request_is_not_found(desk, some):
    for act in (*ACTS, "export"):
        for wrong in ("0", "text", "-1", "1e3", "9" * 30, "", "' OR 1=1", "１"):
            assert desk.get(url(act, wrong)).status_code == 404, (act, wrong)
            assert desk.post(url(act, wrong), {"key": uuid.uuid4(), "expected": 9}).status_code in {404, 405}
        assert desk.get(url(act)).status_code == 404


def test_what_is_no_request_is_left_out(desk, some):
    address = url("erase", some[0].pk, some[0].pk, 10**12, "text")
    page = words(desk.get(address))
    assert "1 request " in page
    assert "2 that were ticked are left out" in page
    confirm(desk, address)
    assert [bool(Submission.objects.get(pk=each.pk).email) for each in some] == [False, True, True]


def test_filter_that_does_not_hold_is_not_wider(desk, some):
    assert desk.get(url("erase", "all", brochure="999999")).status_code == 404


def test_more_than_the_page_had_said_are_asked_about_again(desk, some, make_submission):
    address = url("erase", "all", q="Reader")
    fields = {"key": uuid.uuid4(), "expected": 3}
    make_submission()
    answer = desk.post(address, fields)
    assert answer.status_code == 409
    assert "There are more requests now" in words(answer)
    assert "4 requests" in words(answer)
    assert not BulkRun.objects.exists()


@pytest.mark.parametrize("fields", [{}, {"key": "x", "expected": "1"}, {"key": uuid.UUID(int=1), "expected": "-1"}])
def test_post_without_the_page_asks(desk, some, fields):
    assert desk.post(url("erase", some[0].pk), fields).status_code == 422
    assert not Submission.objects.filter(email="").exists()


def test_two_clicks_are_one(desk, some):
    fields = {"key": uuid.uuid4(), "expected": 1}
    desk.post(url("resend", some[0].pk), fields)
    again = desk.post(url("resend", some[0].pk), fields)
    assert again.url == reverse("bulk_run", args=[BulkRun.objects.get().pk])
    assert some[0].messages.count() == 2


def test_key_of_somebody_elses_page_asks_again(desk, some, superuser):
    fields = {"key": uuid.uuid4(), "expected": 1}
    desk.post(url("resend", some[0].pk), fields)
    answer = client_of(superuser).post(url("resend", some[1].pk), fields)
    assert answer.status_code == 422
    assert answer.context["form"]["key"].value() != fields["key"]
    assert (BulkRun.objects.count(), some[1].messages.count()) == (1, 1)


def test_many_are_the_workers(desk, some, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    monkeypatch.setattr(doing, "AT_ONCE", 2)
    answer = confirm(desk, url("erase", *[each.pk for each in some]))
    run = BulkRun.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("bulk_run", args=[run.pk])
    assert answer.headers["Refresh"] == "3"
    assert "0 of 3 requests dealt with." in words(answer)
    assert not Submission.objects.filter(email="").exists()
    job = ProcrastinateJob.objects.get(task_name=doing.RUN_TASK)
    assert job.args == {"run_id": run.pk}
    doing.do_run(run.pk)
    done = desk.get(reverse("bulk_run", args=[run.pk]))
    assert "Refresh" not in done.headers
    assert re.search(r"Erased 3\b", words(done))


def test_too_many_are_refused(desk, some, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 2)
    page = desk.get(url("erase", "all"))
    assert "These are more than 2 requests" in words(page)
    assert BeautifulSoup(page.content, "html.parser").find(class_="desk-answer") is None
    desk.post(url("erase", "all"), {"key": uuid.uuid4(), "expected": 2})
    assert not BulkRun.objects.exists()


def test_a_run_is_its_users_alone(desk, desk_user, some, superuser):
    confirm(desk, url("resend", some[0].pk))
    run = BulkRun.objects.get()
    other = client_of(superuser)
    assert other.get(reverse("bulk_run", args=[run.pk])).status_code == 404
    assert other.post(reverse("bulk_run_stop", args=[run.pk])).status_code == 404
    assert desk.get(reverse("bulk_run_stop", args=[run.pk])).status_code == 405
    assert "had ended already" in said(desk.post(reverse("bulk_run_stop", args=[run.pk]), follow=True))


def test_page_for_twenty_costs_as_many_queries_as_for_one(desk, make_submission):
    made = [make_submission().pk for _ in range(20)]

    def queries(*ids):
        with CaptureQueriesContext(connection) as found:
            assert desk.get(url("resend", *ids)).status_code == 200
        return len(found)

    queries(made[0])
    assert queries(*made) == queries(made[0])


def test_what_a_colleague_has_resent_since_the_page_was_shown_is_left_alone(desk, some):
    address = url("resend", *(each.pk for each in some))
    form = BeautifulSoup(desk.get(address).content, "html.parser").find(class_="desk-answer")
    colleague = client_of(user_in("Submission admins", username="colleague"))
    confirm(colleague, url("resend", some[0].pk, some[1].pk))
    for each in some:
        set_state(each, "sent")
    answer = desk.post(address, fields_of(form), follow=True)
    assert [each.messages.count() for each in some] == [2, 2, 2]
    assert "2 left alone. It has been sent again in the meantime." in said(answer)
