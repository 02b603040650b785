"""partners/submissions/listing.py and inbox.py: the list, its search, filters, order and cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partners.brochures.sending import send_brochure
from partners.brochures.submission import Submission
from partners.submissions.inbox import SubmissionQuerySet
from tests import builders
from tests.partners.submissions.conftest import set_state

pytestmark = pytest.mark.django_db


def listed(client, query="", name="index_results"):
    """Return the references in the list, in order, and its HTML."""
    response = client.get(reverse(f"brochure_requests:{name}") + query)
    assert response.status_code == 200
    return [row.reference for row in response.context["object_list"]], response.content.decode()


def test_row_says_who_what_where_when_and_the_mail(desk, make_submission, offer):
    article = builders.article(parent=offer.get_parent().specific, title="A port that drives itself")
    make_submission(name="陳大文", company="Quay & Sons", article=article, article_title=article.title)
    references, html = listed(desk, name="index")
    assert references == ["QH-TEST-0001"]
    for text in ("陳大文", "reader1@example.com", "Quay &amp; Sons", offer.brochure.title, article.title):
        assert text in html
    assert "Waiting to be sent" in html


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("queued", "Waiting to be sent"),
        ("sending", "Sending"),
        ("sent", "Accepted by the mail server"),
        ("delivered", "Delivered"),
        ("bounced", "Came back"),
        ("complained", "Marked as spam by the recipient"),
        ("failed", "Failed"),
        ("cancelled", "Cancelled"),
    ],
)
def test_states_in_plain_words(desk, submission, state, words):
    set_state(submission, state)
    html = listed(desk)[1]
    tag = html.split("desk-mail--")[1].split(">")[1].split("<")[0]
    assert tag == words
    assert ("elivered" in tag) == (state == "delivered")


def test_letter_that_was_tried_waits_to_be_tried_again(desk, submission):
    message = set_state(submission, "queued")
    type(message).objects.filter(pk=message.pk).update(attempts_count=2)
    assert "Waiting to be tried again" in listed(desk)[1]


def test_request_without_a_letter_is_listed(desk, make_submission):
    make_submission(sent=False)
    references, html = listed(desk)
    assert references == ["QH-TEST-0001"]
    assert "No letter" in html


def test_newest_letter_counts(desk, submission):
    set_state(submission, "failed")
    send_brochure(submission)
    set_state(submission, "sent")
    assert "Accepted by the mail server" in listed(desk)[1]
    assert SubmissionQuerySet(Submission).with_mail().get().mail_state == "sent"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("大文", ["QH-TEST-0001"]),
        ("陳", ["QH-TEST-0001"]),
        ("READER2@example", ["QH-TEST-0002"]),
        ("qh-test-0002", ["QH-TEST-0002"]),
        ("海港", ["QH-TEST-0001"]),
        ("harbour reader", ["QH-TEST-0002"]),
        ("harbour 大文", []),
        ("100%", []),
        ("", ["QH-TEST-0002", "QH-TEST-0001"]),
    ],
)
def test_search(desk, make_submission, search, found):
    make_submission(name="陳大文", company="海港科技")
    make_submission(name="Reader Two", company="Harbour Works")
    assert listed(desk, f"?q={search.replace('%', '%25')}")[0] == found


def test_filters(desk, make_submission):
    first = make_submission(language="zh-hant")
    second = make_submission(brochure=builders.brochure(title="Another"))
    third = make_submission(sent=False)
    set_state(first, "failed")
    old = timezone.now() - timedelta(days=10)
    Submission.objects.filter(pk=second.pk).update(created_at=old)
    day = timezone.localtime(old).date().isoformat()
    assert listed(desk, "?mail_state=failed")[0] == [first.reference]
    assert set(listed(desk, "?mail_state=failed&mail_state=queued")[0]) == {first.reference, second.reference}
    assert listed(desk, "?mail_state=none")[0] == [third.reference]
    assert listed(desk, "?language=zh-hant")[0] == [first.reference]
    assert listed(desk, f"?brochure={second.brochure_id}")[0] == [second.reference]
    assert listed(desk, f"?created_at_from={day}&created_at_to={day}")[0] == [second.reference]


def test_newest_first_and_by_time(desk, make_submission):
    for name in ("Bo", "Ada", "Cy"):
        make_submission(name=name)
    newest_first = ["QH-TEST-0003", "QH-TEST-0002", "QH-TEST-0001"]
    assert listed(desk)[0] == newest_first
    assert listed(desk, "?ordering=created_at")[0] == newest_first[::-1]
    # Nothing else has an index, so nothing else is offered, nor taken from the address.
    for ordering in ("name", "-mail_state", "password"):
        assert listed(desk, f"?ordering={ordering}")[0] == newest_first


def queries_of_the_list(client):
    url = reverse("brochure_requests:index")
    # The state of the mail is kept for some seconds, and is not asked for again in the next ones.
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_twenty_rows_cost_as_many_queries_as_one(desk, make_submission):
    make_submission()
    listed(desk, name="index")
    one = queries_of_the_list(desk)
    for _ in range(19):
        make_submission()
    assert queries_of_the_list(desk) == one
    assert one <= 17


def test_script_in_a_field_is_text(desk, make_submission):
    make_submission(name="<script>alert(1)</script>", company='"><img src=x onerror=alert(2)>')
    html = listed(desk)[1]
    assert "<script>alert(1)" not in html
    assert "<img src=x" not in html
