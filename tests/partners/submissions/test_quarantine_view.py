"""partners/submissions/quarantine_view.py: what is held back shows why, and one click decides."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import registry

from partners.brochures.quarantine import hold, release
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from partners.submissions.resend import HeldBack, resend_brochure
from partners.submissions.timeline import timeline
from tests.partners.submissions.conftest import client_of, user_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(make_submission):
    made = make_submission(sent=False, name="Ada Reader", email="ada@example.com")
    hold(made, [Sign.TRAP, Sign.TOO_FAST])
    return made


def url(name, submission):
    return reverse(f"brochure_requests:{name}", args=[submission.pk])


def section(client, submission):
    html = BeautifulSoup(client.get(url("inspect", submission)).content, "html.parser")
    return html.find(class_="desk-held")


def test_detail_says_why_in_words_and_offers_to_decide(desk, held):
    found = section(desk, held)
    assert "Held back: nothing was sent" in found.h2.text
    assert [item.get_text(" ", strip=True) for item in found.find_all("li")] == [Sign.TRAP.label, Sign.TOO_FAST.label]
    assert [form["action"] for form in found.find_all("form")] == [url("release", held), url("spam", held)]
    page = desk.get(url("inspect", held)).content.decode()
    assert url("resend", held) not in page


def test_release_sends_logs_and_says_so(desk, desk_user, held):
    response = desk.post(url("release", held), follow=True)
    assert "QH-TEST-0001 is released: the brochure is on its way." in response.content.decode()
    assert "ada@example.com" not in "".join(map(str, response.context["messages"]))
    assert held.messages.get().state == "queued"
    (entry,) = registry.get_logs_for_instance(held)
    assert (entry.action, entry.user) == ("partners.submission.release", desk_user)
    assert "Was held back, and released" in section(desk, held).h2.text
    assert section(desk, held).find("form") is None
    again = desk.post(url("release", held), follow=True)
    assert "Nothing was done. It is not held back any more." in again.content.decode()
    assert held.messages.count() == 1


def test_spam_stays_closed_and_can_still_be_released(desk, held):
    response = desk.post(url("spam", held), follow=True)
    assert "QH-TEST-0001 is closed as spam." in response.content.decode()
    assert held.messages.count() == 0
    assert [form["action"] for form in section(desk, held).find_all("form")] == [url("release", held)]
    desk.post(url("release", held))
    assert held.messages.count() == 1


def test_full_mailbox_is_said(desk, held, make_submission, desk_user):
    for _ in range(3):
        other = make_submission(sent=False, email="Ada+x@example.com")
        hold(other, [Sign.LINKS])
        release(other, desk_user)
    response = desk.post(url("release", held), follow=True)
    assert "Release the request tomorrow." in response.content.decode()
    assert held.messages.count() == 0


@pytest.mark.parametrize("name", ["release", "spam"])
def test_get_decides_nothing(desk, held, name):
    assert desk.get(url(name, held)).status_code == 405
    held.refresh_from_db()
    assert (held.released_at, held.spam_at) == (None, None)


@pytest.mark.parametrize("name", ["release", "spam"])
def test_only_who_may_resend_may_decide(editor, held, name):
    viewer = user_in(username="viewer")
    viewer.user_permissions.set(Permission.objects.filter(codename__in=["view_submission", "access_admin"]))
    for client in (editor, client_of(viewer)):
        assert client.post(url(name, held)).status_code in {302, 403, 404}
    held.refresh_from_db()
    assert (held.released_at, held.spam_at, held.messages.count()) == (None, None, 0)
    assert section(client_of(viewer), held).find("form") is None


def test_unknown_request_is_not_found(desk):
    assert desk.post(reverse("brochure_requests:release", args=[999_999])).status_code == 404


def test_list_shows_tag_and_reasons_and_filters(desk, held, make_submission):
    clean = make_submission(spam_notes=[Sign.ROLE])
    spam = make_submission(sent=False)
    hold(spam, [Sign.LINKS])
    Submission.objects.filter(pk=spam.pk).update(spam_at=timezone.now())
    html = desk.get(reverse("brochure_requests:index_results")).content.decode()
    for words in ("Held back", "Closed as spam", "Waiting to be sent"):
        assert f">{words}</span>" in html
    for sign in (Sign.TRAP, Sign.TOO_FAST, Sign.ROLE, Sign.LINKS):
        assert BeautifulSoup(str(sign.label), "html.parser").text in BeautifulSoup(html, "html.parser").text
    for state, found in (("held", held), ("spam", spam), ("queued", clean)):
        answer = desk.get(reverse("brochure_requests:index_results") + f"?mail_state={state}")
        assert [row.reference for row in answer.context["object_list"]] == [found.reference]


def test_resend_is_no_way_around_the_release(desk, held, desk_user):
    with pytest.raises(HeldBack):
        resend_brochure(held, by=desk_user, seen=None)
    assert "Release it instead" in desk.get(url("resend", held)).content.decode()
    desk.post(url("resend", held), {"seen": ""})
    assert held.messages.count() == 0
    release(held, desk_user)
    assert held.messages.count() == 1


def test_timeline_tells_it_in_order(held, desk, desk_user):
    desk.post(url("spam", held))
    desk.post(url("release", held))
    Submission.objects.filter(pk=held.pk).update(created_at=timezone.now() - timedelta(minutes=5))
    held.refresh_from_db()
    assert [str(event.title) for event in timeline(held)] == [
        "Asked for the brochure",
        "Held back",
        "Closed as spam by Mei Lam",
        "Released by Mei Lam",
        "Letter queued",
        "Waiting for the mail worker",
    ]


def test_what_the_clock_released_says_so(held):
    release(held, None)
    assert "Released by itself" in [str(event.title) for event in timeline(held)]


def test_noted_signs_are_shown_without_buttons(desk, make_submission):
    noted = make_submission(spam_notes=[Sign.DISPOSABLE, "a_sign_of_old"])
    found = section(desk, noted)
    assert found.h2.text.strip() == "Noted"
    assert [item.get_text(strip=True) for item in found.find_all("li")] == [Sign.DISPOSABLE.label, "a_sign_of_old"]
    assert found.find("form") is None
