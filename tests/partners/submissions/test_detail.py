"""partners/submissions/detail.py and timeline.py: everything about one request."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partners.brochures.downloads import BrochureDownload, Who
from partners.brochures.fresh_link import send_fresh_link
from partners.brochures.link import BrochureLink
from partners.brochures.sending import send_brochure
from partners.delivery.attempt import DeliveryAttempt, Outcome
from partners.delivery.event import EventKind
from partners.delivery.record_event import Report, message_key, record_event
from partners.submissions.resend import resend_brochure
from partners.submissions.revoke import revoke_link
from partners.submissions.timeline import timeline
from tests import builders
from tests.partners.submissions.conftest import client_of, set_state

pytestmark = pytest.mark.django_db


def detail(client, submission):
    response = client.get(reverse("brochure_requests:inspect", args=[submission.pk]))
    assert response.status_code == 200
    return response.content.decode()


def attempt(message, number, outcome, code=None, text=""):
    return DeliveryAttempt.objects.create(
        message_id=message.pk,
        number=number,
        started_at=timezone.now(),
        duration=400,
        outcome=outcome,
        smtp_code=code,
        smtp_text=text,
        worker="worker",
    )


def titles(submission):
    return [str(event.title) for event in timeline(submission)]


def test_answers_stand_under_the_labels_that_the_person_saw(desk, make_submission):
    submission = make_submission(
        answers=[
            {"key": "name", "label": "您的姓名", "kind": "CharField", "value": "陳大文"},
            {"key": "budget", "label": "A question since removed", "kind": "CharField", "value": "<b>much</b>"},
            {"key": "company", "label": "Company", "kind": "CharField", "value": ""},
        ]
    )
    html = detail(desk, submission)
    assert "您的姓名" in html
    assert "陳大文" in html
    assert "A question since removed" in html
    assert "&lt;b&gt;much&lt;/b&gt;" in html


def test_brochure_form_article_language_and_links(desk, make_submission, offer):
    article = builders.article(parent=offer.get_parent().specific)
    submission = make_submission(language="zh-hant", article=article, article_title=article.title)
    set_state(submission, "sent")
    send_brochure(submission)
    first, second = submission.links.order_by("pk")
    BrochureLink.objects.filter(pk=first.pk).update(revoked_at=timezone.now())
    BrochureLink.objects.filter(pk=second.pk).update(expires_at=timezone.now() - timedelta(days=1))
    html = detail(desk, submission)
    for text in (
        offer.brochure.title,
        "Qianhai brochure.pdf",
        offer.title,
        article.title,
        "繁體中文",
        "Revoked",
        "Expired",
    ):
        assert text in html
    assert article.url in html
    assert first.token not in html


def test_request_outlives_its_pages(desk, make_submission, offer):
    article = builders.article(parent=offer.get_parent().specific, title="Soon gone")
    submission = make_submission(article=article, article_title=article.title)
    article.delete()
    offer.delete()
    html = detail(desk, submission)
    assert "Soon gone" in html
    assert "Ask for the brochure" in html


def test_timeline_of_a_letter_that_needed_two_attempts(desk, submission):
    message = set_state(submission, "sent")
    attempt(message, 1, Outcome.UNREACHABLE, None, "Connection refused")
    attempt(message, 2, Outcome.ACCEPTED, 250, "2.0.0 Ok: queued as <4F1>")
    assert titles(submission) == [
        "Asked for the brochure",
        "Letter queued",
        "Mail server not reachable",
        "Accepted by the mail server",
    ]
    html = detail(desk, submission)
    assert "250 2.0.0 Ok: queued as &lt;4F1&gt;" in html
    assert "Connection refused" in html


@pytest.mark.parametrize(
    ("state", "last"),
    [
        ("queued", "Waiting for the mail worker"),
        ("sending", "Being sent"),
        ("failed", "Failed: it will not be tried again by itself"),
        ("cancelled", "Cancelled"),
        ("bounced", "Came back"),
        ("delivered", "Delivered"),
    ],
)
def test_timeline_ends_where_the_letter_stands(submission, state, last):
    set_state(submission, state)
    assert titles(submission)[-1] == last


def test_timeline_tells_what_the_mail_service_reports_with_time_and_words(desk, submission):
    message = set_state(submission, "sent")
    attempt(message, 1, Outcome.ACCEPTED, None, "HTTP 200 OK")
    reported = [
        (EventKind.BOUNCED, "550 5.1.1 <<address>>: unknown"),
        (EventKind.DELIVERED, ""),
        (EventKind.DEFERRED, "451 Greylisted"),
    ]
    accepted_at = timezone.now()
    for hours, (kind, text) in zip((3, 2, 1), reported, strict=True):
        record_event(
            Report(
                provider="Postmark",
                event_id=str(hours),
                kind=kind,
                occurred_at=accepted_at + timedelta(hours=hours),
                key=message_key(message.message_id),
                text=text,
            )
        )
    events = timeline(submission)[3:]
    assert [(str(event.title), event.tone, event.said) for event in events] == [
        ("The recipient's mail server asked to come back later", "waiting", "451 Greylisted"),
        ("Delivered", "good", ""),
        ("Came back", "bad", "550 5.1.1 <<address>>: unknown"),
    ]
    assert [event.at for event in events] == [accepted_at + timedelta(hours=hours) for hours in (1, 2, 3)]
    html = detail(desk, submission)
    assert html.count("Reported by Postmark") == 3
    assert "550 5.1.1 &lt;&lt;address&gt;&gt;: unknown" in html


def test_timeline_says_a_report_once(submission):
    message = set_state(submission, "sent")
    for event_id in ("1", "1"):
        record_event(
            Report(
                provider="Mailgun",
                event_id=event_id,
                kind=EventKind.COMPLAINED,
                occurred_at=timezone.now(),
                key=message_key(message.message_id),
            )
        )
    assert titles(submission).count("Marked as spam by the recipient") == 1


def test_timeline_tells_the_next_attempt(submission):
    message = set_state(submission, "queued")
    type(message).objects.filter(pk=message.pk).update(attempts_count=1)
    attempt(message, 1, Outcome.DEFERRED, 451, "come back later")
    event = timeline(submission)[-1]
    assert event.title == "Next attempt"
    assert event.at is not None


def test_timeline_tells_who_resent(submission, desk_user):
    message = set_state(submission, "failed")
    resend_brochure(submission, by=desk_user, seen=message.pk)
    assert titles(submission) == [
        "Asked for the brochure",
        "Letter queued",
        "Failed: it will not be tried again by itself",
        "Sent again by Mei Lam",
        "Waiting for the mail worker",
    ]


def test_timeline_outlives_the_user_who_resent(submission, desk_user):
    message = set_state(submission, "failed")
    resend_brochure(submission, by=desk_user, seen=message.pk)
    desk_user.delete()
    assert any(title.startswith("Sent again by user") for title in titles(submission))


def opened(link, who, *, days_ago=0, count=1):
    at = timezone.now() - timedelta(days=days_ago)
    return BrochureDownload.objects.create(
        link=link, day=at.date(), who=who, count=count, first_at=at, last_at=at + timedelta(minutes=1)
    )


def test_timeline_tells_what_became_of_the_links(submission, desk_user):
    set_state(submission, "sent")
    link = submission.links.get()
    then = timezone.now() - timedelta(days=9)
    type(submission).objects.filter(pk=submission.pk).update(created_at=then)
    submission.messages.update(created_at=then)
    opened(link, Who.ROBOT, days_ago=8)
    opened(link, Who.PERSON, days_ago=7, count=3)
    BrochureLink.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    assert send_fresh_link(link.token) is not None
    assert revoke_link(submission.links.last(), desk_user)
    events = timeline(submission)
    assert [str(event.title) for event in events] == [
        "Asked for the brochure",
        "Letter queued",
        "Link looked at by a robot or scanner",
        "Link opened",
        "Fresh link asked for by the reader",
        "Waiting for the mail worker",
        "Link revoked by Mei Lam",
    ]
    assert [event.detail for event in events[2:4]] == ["", "3 times that day"]


def test_many_letters_and_openings_cost_no_more_queries(submission, desk_user):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            timeline(submission)
        return len(queries)

    timeline(submission)
    attempt(set_state(submission, "failed"), 1, Outcome.TIMEOUT)
    one = cost()
    for _ in range(5):
        link = send_brochure(submission).link
        opened(link, Who.PERSON)
        opened(link, Who.ROBOT)
        revoke_link(link, desk_user)
        attempt(set_state(submission, "failed"), 1, Outcome.TIMEOUT)
    assert cost() == one == 10
    # consents, audit log, letters, attempts, reports, confirmations, openings, corrections, looks, exports


def test_history_names_the_resend(desk, submission, desk_user):
    message = set_state(submission, "failed")
    resend_brochure(submission, by=desk_user, seen=message.pk)
    response = desk.get(reverse("brochure_requests:history", args=[submission.pk]))
    assert response.status_code == 200
    html = response.content.decode()
    assert "Brochure resent" in html
    assert reverse("brochure_requests:inspect", args=[submission.pk]) in html


def test_file_is_linked_for_those_who_may_read_brochures(desk, superuser, submission):
    url = reverse("wagtailsnippets_partners_brochure:file", args=[submission.brochure_file_id])
    assert url not in detail(desk, submission)
    assert url in detail(client_of(superuser), submission)
