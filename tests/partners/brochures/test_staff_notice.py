"""partners/brochures/staff_notice.py: who is told about a request, once."""

import uuid
from copy import deepcopy
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from partners.brochures.intake import accept_request
from partners.brochures.staff_notice import Notify, StaffNotice, StaffRecipient, queue_staff_notices
from partners.brochures.submission import Submission
from partners.delivery.letters import build_letter
from partners.delivery.message import OutgoingMessage
from tests import builders
from tests.partners.brochures.test_intake import NEWS, make_request, refused_letters  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_page(rows_kept):
    return builders.request_page()


@pytest.fixture
def page(db, kept_page):
    return deepcopy(kept_page)


def tell(page, email="desk@example.com", notify=Notify.EACH, language="en"):
    return StaffRecipient.objects.create(form_page=page, email=email, notify=notify, language=language)


def test_request_and_notice_are_stored_together(page):
    tell(page)
    submission = accept_request(make_request(page))
    notice = submission.staff_notices.get()
    assert (notice.to, notice.state, notice.kind) == ("desk@example.com", "queued", "staff_notice")


def test_only_those_who_want_each_request_are_told(page):
    tell(page, "each@example.com")
    tell(page, "daily@example.com", Notify.DAILY)
    tell(page, "never@example.com", Notify.NEVER)
    tell(builders.request_page(), "other@example.com")
    submission = accept_request(make_request(page))
    assert [notice.to for notice in submission.staff_notices.all()] == ["each@example.com"]


def test_address_that_is_listed_twice_is_told_once(page):
    tell(page, "desk@example.com")
    tell(page, "Desk@Example.com")
    assert accept_request(make_request(page)).staff_notices.count() == 1


def test_called_again_it_adds_what_is_missing_and_nothing_else(page):
    tell(page)
    submission = accept_request(make_request(page))
    assert queue_staff_notices(submission) == []
    tell(page, "new@example.com")
    assert [notice.to for notice in queue_staff_notices(submission)] == ["new@example.com"]
    assert submission.staff_notices.count() == 2


def test_database_allows_one_notice_a_request_and_recipient(page):
    recipient = tell(page)
    submission = accept_request(make_request(page))
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffNotice.objects.create(
            kind="staff_notice", to="desk@example.com", submission=submission, recipient=recipient, language="en"
        )


def test_repeated_request_is_no_news(page):
    tell(page)
    key = uuid.uuid4()
    accept_request(make_request(page, key=key))
    accept_request(make_request(page, key=key))
    assert StaffNotice.objects.count() == 1


@pytest.mark.usefixtures("refused_letters")
@pytest.mark.parametrize("consents", [(), NEWS], ids=["by one statement", "by several"])
def test_notice_of_a_request_that_is_not_kept_is_not_kept_either(page, consents):
    tell(page)
    with pytest.raises(IntegrityError), transaction.atomic():
        accept_request(replace(make_request(page), consents=consents))
    assert not StaffNotice.objects.exists()
    assert not Submission.objects.exists()


def test_request_of_a_deleted_form_is_told_to_nobody(page):
    submission = accept_request(make_request(page))
    submission.form_page = None
    assert queue_staff_notices(submission) == []


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_notice_says_enough_to_find_the_request_and_nothing_of_the_person(page, language):
    tell(page, language=language)
    submission = accept_request(make_request(page, email="reader.of.this@example.com"))
    letter = build_letter(OutgoingMessage.objects.get(pk=submission.staff_notices.get().pk))
    for part in (letter.text, letter.html):
        assert submission.reference in part
        assert submission.form_title in part
        assert f"/admin/brochure-requests/{submission.pk}/" in part
        assert "reader.of.this" not in part
        assert "Reader" not in part
        assert "陳" not in part
    assert submission.reference in letter.subject
    assert f'lang="{language}"' in letter.html


def test_recipient_who_was_removed_leaves_the_notice(page):
    recipient = tell(page)
    submission = accept_request(make_request(page))
    recipient.delete()
    assert submission.staff_notices.get().recipient is None


def test_editor_keeps_the_list_with_the_form(page, admin_client):
    html = admin_client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "Who is told about requests" in html
    assert "staff_recipients-TOTAL_FORMS" in html
