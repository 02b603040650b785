"""partners/submissions/exporting/views.py: who gets an export, by which way, and what is written down."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from partners.brochures.consent_record import Means
from partners.brochures.withdrawing import withdraw
from partners.submissions.access_log import AccessRecord
from partners.submissions.exporting.export import RequestExport, private_storage
from partners.submissions.exporting.making import EXPORT, make_export
from tests.partners.brochures.asking import EVERYTHING, ask, asking_page
from tests.partners.submissions.conftest import client_of, user_in
from tests.partners.submissions.exporting.conftest import read_csv

pytestmark = pytest.mark.django_db

ASK = reverse("request_export")
MINE = reverse("request_exports")


def one(export, name="progress"):
    return reverse(f"request_export_{name}", args=[getattr(export, "pk", export)])


def post(client, query="", **fields):
    return client.post(f"{ASK}?{query}", {"key": str(uuid.uuid4()), "format": "csv", "kind": "own", **fields})


def content_of(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def all_by_job(settings):
    settings.EXPORT_AT_ONCE_ROWS = 0


@pytest.fixture
def ready(desk, submission, all_by_job):
    """Return an export of the desk's user whose file is there."""
    post(desk, "q=ada")
    export = RequestExport.objects.get()
    make_export(export.pk)
    export.refresh_from_db()
    return export


def test_the_form_says_what_would_be_exported(desk, make_submission, offer):
    make_submission(name="Ada")
    make_submission(name="Bo")
    text = desk.get(f"{ASK}?q=Ada&brochure={offer.brochure.pk}&p=2").content.decode()
    assert "1 request." in text
    assert offer.brochure.title in text
    assert f"{reverse('brochure_requests:index')}?q=Ada&amp;brochure={offer.brochure.pk}" in text
    assert "2 requests." in desk.get(ASK).content.decode()


@pytest.mark.parametrize("rows_at_once", [0, 100])
def test_key_of_somebody_elses_form_asks_again(desk, superuser, submission, settings, rows_at_once):
    settings.EXPORT_AT_ONCE_ROWS = rows_at_once
    key = str(uuid.uuid4())
    post(desk, key=key).getvalue()
    assert RequestExport.objects.count() == 1
    answer = post(client_of(superuser), key=key)
    assert answer.status_code == 422
    assert str(answer.context["form"]["key"].value()) != key
    assert RequestExport.objects.count() == 1


def test_a_small_one_is_the_answer(desk, desk_user, submission, make_submission):
    make_submission(name="Bo")
    response = post(desk, "q=ada")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="brochure-requests-')
    assert {"no-store", "private"} <= set(response.headers["Cache-Control"].split(", "))
    [row] = read_csv(content_of(response))
    assert row["reference"] == submission.reference
    access = AccessRecord.objects.get(way="export")
    assert (access.user, access.filters, access.count) == (desk_user, {"q": ["ada"]}, 1)
    assert ModelLogEntry.objects.get(action=EXPORT).data["count"] == 1


def test_a_small_one_as_xlsx(desk, submission):
    response = post(desk, format="xlsx")
    assert content_of(response).startswith(b"PK")
    assert response.headers["Content-Disposition"].endswith('.xlsx"')


def test_its_name_has_the_day_of_hong_kong(ready):
    ready.created_at = datetime(2026, 11, 29, 17, 30, tzinfo=UTC)
    assert ready.download_name == f"brochure-requests-2026-11-30-{ready.pk}.csv"


def test_two_clicks_on_a_small_one_hand_it_out_twice_and_say_so(desk, submission):
    key = str(uuid.uuid4())
    for _ in range(2):
        assert len(read_csv(content_of(post(desk, key=key)))) == 1
    assert RequestExport.objects.get().state == "at_once"
    assert ModelLogEntry.objects.filter(action=EXPORT).count() == 1
    assert AccessRecord.objects.filter(way="export").count() == 2


def test_a_large_one_becomes_a_job_and_shows_how_far_it_is(desk, submission, all_by_job):
    response = post(desk, "language=en")
    export = RequestExport.objects.get()
    assert response.url == one(export)
    page = desk.get(one(export))
    assert page.headers["Refresh"] == "3"
    assert "no-store" in page.headers["Cache-Control"]
    RequestExport.objects.filter(pk=export.pk).update(rows_done=250, rows_total=1000)
    text = desk.get(one(export)).content.decode()
    assert "250 of about 1000 requests written" in text
    assert 'value="25"' in text
    assert desk.get(one(export, "file")).status_code == 404
    make_export(export.pk)
    page = desk.get(one(export))
    assert "Refresh" not in page.headers
    assert one(export, "file") in page.content.decode()
    assert "Download" in page.content.decode()
    assert one(export) in desk.get(MINE).content.decode()


def test_two_clicks_on_a_large_one_make_one(desk, submission, all_by_job):
    key = str(uuid.uuid4())
    assert post(desk, key=key).url == post(desk, key=key).url
    assert RequestExport.objects.count() == 1


def test_the_file_goes_to_its_user_and_is_written_down_each_time(desk, desk_user, ready, submission):
    assert not AccessRecord.objects.filter(way="export").exists()
    for number in (1, 2):
        response = desk.get(one(ready, "file"))
        assert [row["reference"] for row in read_csv(content_of(response))] == [submission.reference]
        assert "no-store" in response.headers["Cache-Control"]
        accesses = AccessRecord.objects.filter(way="export")
        assert [(it.user, it.filters, it.count) for it in accesses] == [(desk_user, {"q": ["ada"]}, 1)] * number


def test_cancel(desk, submission, all_by_job):
    post(desk)
    export = RequestExport.objects.get()
    assert desk.get(one(export, "cancel")).status_code == 405
    assert desk.post(one(export, "cancel")).url == one(export)
    export.refresh_from_db()
    assert export.state == "cancelled"
    assert "Cancelled" in desk.get(one(export)).content.decode()


def test_too_many_at_once(desk, submission, all_by_job, settings):
    settings.EXPORTS_AT_ONCE = 1
    post(desk)
    response = post(desk)
    assert response.url == MINE
    assert "as many exports under way" in desk.get(MINE).content.decode()
    assert RequestExport.objects.count() == 1


def test_over_means_over(desk, ready):
    RequestExport.objects.filter(pk=ready.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert desk.get(one(ready, "file")).status_code == 404


def test_a_file_that_is_gone_is_said_to_be(desk, ready):
    private_storage().delete(ready.file_name)
    assert desk.get(one(ready, "file")).status_code == 404
    assert "Expired" in desk.get(one(ready)).content.decode()
    assert not AccessRecord.objects.filter(way="export").exists()


def test_for_a_partner(desk, all_by_job):
    page = asking_page(**EVERYTHING)
    partner = page.get_parent()
    submission = ask(page, "handover")
    ask(page, email="refused@example.com")
    assert "Choose the partner" in post(desk, kind="partner").content.decode()
    assert post(desk, kind="partner", partner=str(uuid.uuid4())).status_code == 422
    post(desk, kind="partner", partner=str(partner.translation_key))
    export = RequestExport.objects.get()
    assert export.partner_name == partner.title
    make_export(export.pk)
    assert [row["email"] for row in read_csv(content_of(desk.get(one(export, "file"))))] == [submission.email]
    withdraw(submission, ["handover"], Means.SELF_SERVICE)
    response = desk.get(one(export, "file"))
    assert response.url == one(export)
    assert "withdrawn" in desk.get(one(export)).content.decode()
    assert desk.get(one(export, "file")).status_code == 404


def test_a_filter_that_is_not_understood_is_refused(desk, submission):
    response = desk.get(f"{ASK}?brochure=99999")
    assert "does not exist any more" in response.content.decode()
    assert post(desk, "brochure=99999").url == MINE
    assert not RequestExport.objects.exists()


def people():
    """Return one client of each kind of people, by what they may."""
    rights = {
        "viewer": ["view_submission"],
        "resender": ["view_submission", "resend_submission"],
        "worker": ["view_submission", "work_submission"],
        "eraser": ["view_submission", "erase_submission"],
        "auditor": ["audit_submission"],
        "blind exporter": ["export_submission"],
    }
    for name, codenames in rights.items():
        group = Group.objects.create(name=name)
        group.permissions.set(Permission.objects.filter(codename__in=["access_admin", *codenames]))
        yield name, client_of(user_in(name, username=name))
    yield "editor", client_of(user_in("Editors", username="editor"))
    yield "moderator", client_of(user_in("Moderators", username="moderator"))
    yield "visitor", Client()


def test_nobody_without_the_right_gets_anything(ready, submission):
    for name, client in people():
        for url in (ASK, MINE):
            response = client.get(url)
            assert response.status_code == 302, (name, url)
        assert post(client).status_code == 302, name
        # To whoever edits nothing the address is closed, whether there is anything or not.
        absent = 302 if name in {"visitor", "auditor"} else 404
        for part in ("progress", "file"):
            assert client.get(one(ready, part)).status_code == absent, (name, part)
        assert client.post(one(ready, "cancel")).status_code == absent, name
        home = client.get(reverse("wagtailadmin_home"))
        assert MINE not in home.content.decode(), name
    assert RequestExport.objects.count() == 1
    assert not AccessRecord.objects.filter(way="export").exists()


def test_somebody_elses_export_does_not_exist(ready, superuser):
    colleague = client_of(user_in("Submission admins", username="colleague"))
    for client in (colleague, client_of(superuser)):
        for part in ("progress", "file"):
            assert client.get(one(ready, part)).status_code == 404
        assert client.post(one(ready, "cancel")).status_code == 404
        assert one(ready) not in client.get(MINE).content.decode()
    assert colleague.get(one(ready.pk + 1000)).status_code == 404


def test_a_right_lost_after_it_was_made_keeps_the_file_back(desk, desk_user, ready):
    desk_user.groups.clear()
    desk_user.groups.add(Group.objects.get(name="Editors"))
    assert desk.get(one(ready, "file")).status_code == 404
    assert desk.get(one(ready)).status_code == 404


def test_menu_leads_to_ones_own_exports(desk, submission):
    assert MINE in desk.get(reverse("wagtailadmin_home")).content.decode()
    assert "None yet" in desk.get(MINE).content.decode()


def test_pages_ask_the_database_little(desk, ready, django_assert_max_num_queries):
    for url in (ASK, MINE, one(ready)):
        desk.get(url)
        with django_assert_max_num_queries(16):
            desk.get(url)
