"""partners/submissions/person_page.py, erase_view.py, forgetting_report.py: the desk's pages, and who may use them."""

import io
import json
import zipfile

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from partners.brochures.erasing import erase_person, erase_requests
from partners.brochures.forgetting_run import ForgettingRun
from partners.brochures.staff_notice import StaffRecipient
from partners.brochures.submission import Submission
from partners.submissions.access_log import AccessRecord
from partners.submissions.erase_view import erase_buttons
from partners.submissions.person_facts import request_facts
from tests.partners.brochures.asking import EVERYTHING, ask, asking_page
from tests.partners.submissions.conftest import client_of, user_in

pytestmark = pytest.mark.django_db

PERSON, FILE, LOG = "/admin/person/", "/admin/person/file/", "/admin/forgetting/"
SCRIPT = "<script>alert(1)</script>"


def with_rights(*codenames):
    user = user_in(username="-".join(codenames) or "nobody")
    user.user_permissions.set(Permission.objects.filter(codename__in=[*codenames, "access_admin"]))
    return client_of(user)


def text_of(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").find("main").get_text(" ").split())


def look(client, address):
    return client.post(PERSON, {"act": "look", "address": address})


def erase(client, address, again=None, seen=1):
    return client.post(PERSON, {"act": "erase", "address": address, "again": again or address, "seen": seen})


def zip_of(response):
    content = b"".join(response.streaming_content)
    return zipfile.ZipFile(io.BytesIO(content))


def test_page_shows_what_there_is_and_erases_when_the_address_is_typed_again(desk, submission, desk_user):
    words = text_of(look(desk, "ADA@example.com"))
    for part in ("1 request", "ada@example.com", "QH-TEST", "Letters 1", "Links to brochures 1", "Type the address"):
        assert part in words
    response = erase(desk, "ada@example.com", again="Ada@Example.com")
    assert (response.status_code, response["Location"]) == (302, PERSON)
    submission.refresh_from_db()
    assert submission.email == ""
    assert ForgettingRun.objects.get().user == desk_user
    assert "1 request was erased" in desk.get(PERSON).content.decode()


def test_address_stands_in_no_url_and_in_no_message(desk, submission):
    look(desk, submission.email)
    response = erase(desk, submission.email)
    assert "ada" not in response["Location"]
    assert not any("ada" in cookie.value for cookie in desk.cookies.values())
    assert desk.get(PERSON + "?address=ada@example.com").content.decode().count("ada@example.com") == 0


@pytest.mark.parametrize(
    ("again", "seen", "words"),
    [
        ("other@example.com", 1, "This is another address"),
        ("", 1, "This field is required"),
        ("ada@example.com", 2, "more or less than you were shown"),
        ("ada@example.com", "x", "1 request"),
    ],
)
def test_nothing_is_erased_by_a_slip(desk, submission, again, seen, words):
    response = desk.post(PERSON, {"act": "erase", "address": submission.email, "again": again, "seen": seen})
    assert response.status_code == 200
    assert words in response.content.decode()
    submission.refresh_from_db()
    assert submission.email == "ada@example.com"
    # What is shown then can be confirmed.
    form = BeautifulSoup(response.content, "html.parser")
    assert form.find("input", {"name": "seen"})["value"] == "1"


def test_what_is_no_address_is_said(desk):
    assert "no complete e-mail address" in text_of(look(desk, "ada"))
    assert "0 requests" in text_of(look(desk, "unknown@example.com"))


def test_page_tells_of_staff_and_of_partners(desk, submission):
    page = asking_page(**EVERYTHING)
    StaffRecipient.objects.create(form_page=page, email="Reader@example.com")
    ask(page, "handover")
    words = text_of(look(desk, "reader@example.com"))
    assert "one of ours" in words
    assert f"agreed that data go to: {page.get_parent().title}" in words
    assert "one of ours" not in text_of(look(desk, submission.email))


@pytest.mark.parametrize(
    ("rights", "page", "file", "erased"),
    [
        ([], 302, 302, False),
        (["view_submission"], 302, 302, False),
        (["erase_submission"], 302, 302, False),  # without the right to see
        (["view_submission", "export_submission"], 200, 200, False),
        (["view_submission", "erase_submission"], 200, 302, True),
    ],
)
def test_who_may_do_what(submission, rights, page, file, erased):
    client = with_rights(*rights)
    assert client.get(PERSON).status_code == page
    assert client.post(FILE, {"address": submission.email}).status_code == file
    assert erase(client, submission.email).status_code == 302 or not erased
    submission.refresh_from_db()
    assert (submission.email == "") is erased
    html = client.get("/admin/reports/site-history/").content.decode()
    assert (PERSON in html) is (page == 200)


def test_the_page_offers_what_its_user_may(submission):
    sees = text_of(look(with_rights("view_submission", "export_submission"), submission.email))
    assert "Download the data" in sees
    assert "Erase the person" not in sees
    sees = text_of(look(with_rights("view_submission", "erase_submission"), submission.email))
    assert "Download the data" not in sees
    assert "Erase the person" in sees


def test_looking_and_handing_out_are_written_down(desk, submission, desk_user):
    look(desk, submission.email)
    zip_of(desk.post(FILE, {"address": submission.email}))
    rows = list(AccessRecord.objects.order_by("pk").values_list("way", "user", "submission", "filters", "count"))
    assert rows == [("search", desk_user.pk, None, {}, 1), ("file", desk_user.pk, submission.pk, {}, 1)]


def test_file_holds_everything_for_people_and_programs(desk, desk_user, submission):
    page = asking_page(**EVERYTHING)
    asked = ask(page, "news", email="ada@example.com")
    Submission.objects.filter(pk=asked.pk).update(name=SCRIPT, campaign={"utm_source": SCRIPT})
    look(desk, "ada@example.com")
    response = desk.post(FILE, {"address": "ADA@example.com"})
    assert response["Content-Type"] == "application/zip"
    assert "no-store" in response["Cache-Control"]
    assert "ada" not in response["Content-Disposition"]
    with zip_of(response) as archive:
        assert archive.testzip() is None
        data = json.loads(archive.read("data.json"))
        html = archive.read("data.html").decode()
    assert (data["format"], data["version"], data["addresses"]) == ("qianhai-person-data", 1, ["ada@example.com"])
    first, second = data["requests"]
    assert (first["reference"], first["name"], first["company"]) == (
        submission.reference,
        "Ada Reader",
        "Tidewater Robotics",
    )
    assert first["answers"] == [{"question": "Your name", "answer": "Ada Reader"}]
    assert [letter["to"] for letter in first["letters"]] == ["ada@example.com"]
    assert {letter["kind"] for letter in second["letters"]} == {"brochure", "consent_confirmation"}
    assert {consent["ticked"] for consent in second["consents"]} == {True, False}
    assert second["consents"][0]["sentence"] == asked.consents.first().text
    assert len(second["links"]) == 1
    assert first["seen"] == [{"at": first["seen"][0]["at"], "how": "Made a file of a person's data", "by": "desk"}]
    assert desk_user.last_name not in json.dumps(data)
    assert SCRIPT not in html
    assert "&lt;script&gt;" in html
    assert BeautifulSoup(html, "html.parser").find("script") is None
    for part in (submission.reference, asked.reference, "Ada Reader", "News from us"):
        assert part in html


def test_file_is_in_the_language_of_the_newest_request(desk, make_submission):
    make_submission(email="ada@example.com", language="zh-hant")
    with zip_of(desk.post(FILE, {"address": "ada@example.com"})) as archive:
        assert '<html lang="zh-hant">' in archive.read("data.html").decode()


def test_file_about_nobody_says_so(desk):
    with zip_of(desk.post(FILE, {"address": "nobody@example.com"})) as archive:
        assert json.loads(archive.read("data.json"))["requests"] == []


def test_file_costs_as_many_queries_however_many_requests(make_submission, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ids = [make_submission(email="ada@example.com").pk for _ in range(2)]
    with CaptureQueriesContext(connection) as few:
        list(request_facts(ids, "ada@example.com"))
    ids += [make_submission(email="ada@example.com").pk for _ in range(10)]
    with django_assert_num_queries(len(few)):
        assert len(list(request_facts(ids, "ada@example.com"))) == 12


def test_detail_leads_to_erasing_and_then_says_that_it_was_done(desk, submission, make_submission, desk_user):
    make_submission(email="Ada@example.com")
    url = reverse("erase_request", args=[submission.pk])
    detail = reverse("brochure_requests:inspect", args=[submission.pk])
    assert url in desk.get(detail).content.decode()
    words = text_of(desk.get(url))
    for part in ("Ada Reader", "Letters 1", "1 other request, which stays"):
        assert part in words
    submission.refresh_from_db()
    assert submission.email
    assert desk.post(url)["Location"] == detail
    html = desk.get(detail).content.decode()
    assert "The personal data were erased" in html
    assert "Ada" not in html
    assert url not in html
    assert "erased already" in text_of(desk.get(url))
    desk.post(url)
    assert list(ForgettingRun.objects.values_list("requests", "user").order_by("pk")) == [
        (1, desk_user.pk),
        (0, desk_user.pk),
    ]
    history = desk.get(reverse("brochure_requests:history", args=[submission.pk])).content.decode()
    assert "Personal data erased" in history


@pytest.mark.parametrize(
    "rights", [["view_submission"], ["view_submission", "export_submission"], ["erase_submission"]]
)
def test_erasing_a_request_needs_the_right(submission, rights):
    url = reverse("erase_request", args=[submission.pk])
    client = with_rights(*rights)
    assert {client.get(url).status_code, client.post(url).status_code} <= {302, 404}
    submission.refresh_from_db()
    assert submission.email


def test_buttons_are_for_whoever_may(submission, desk_user, editor_user):
    [button] = erase_buttons(submission, desk_user)
    assert str(submission.pk) in button.url
    assert erase_buttons(submission, editor_user) == []
    erase_person(submission.email, desk_user)
    submission.refresh_from_db()
    assert erase_buttons(submission, desk_user) == []


def test_log_of_erasures_shows_numbers(desk, desk_user, make_submission, django_assert_max_num_queries):
    chosen = [make_submission().pk for _ in range(3)]
    erase_requests(Submission.objects.filter(pk__in=chosen), desk_user)
    ForgettingRun.objects.create(cause="age", started_at=timezone.now())
    with django_assert_max_num_queries(25):
        words = text_of(desk.get(LOG))
    for part in ("Single requests were erased", "desk", "Letters: 3", "Ask for the brochure: 3", "interrupted"):
        assert part in words, words
    assert with_rights("view_submission").get(LOG).status_code == 302


def test_person_command_reads_the_address_and_tells_numbers(submission, monkeypatch):
    def told(*arguments, typed=""):
        out = io.StringIO()
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        call_command("erase_person", *arguments, stdout=out)
        return [line.split(maxsplit=1) for line in out.getvalue().splitlines()]

    dry = told("--dry-run", typed="ADA@example.com\n")
    assert ["1", "requests would be erased"] in dry
    assert ["1", "Letters"] in dry
    submission.refresh_from_db()
    assert submission.email
    assert ["1", "requests erased"] in told("-", typed="ada@example.com\n")
    assert told("ada@example.com") == [["0", "requests erased"]]
    with pytest.raises(CommandError):
        told(typed="\n")


def test_file_command_writes_for_the_owner_alone(submission, tmp_path):
    target = tmp_path / "ada.zip"
    call_command("person_file", submission.email, output=target, stdout=io.StringIO())
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as archive:
        assert json.loads(archive.read("data.json"))["requests"][0]["email"] == "ada@example.com"
    assert AccessRecord.objects.get().via == "command"
    with pytest.raises(CommandError):
        call_command("person_file", submission.email, output=target, stdout=io.StringIO())
