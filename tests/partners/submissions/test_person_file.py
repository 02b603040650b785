"""partners/submissions/person_file.py, person_facts.py: what is told of requests that are another's."""

import json

import pytest

from partners.brochures.consent_suppression import suppress
from partners.brochures.person import requests_of
from partners.brochures.submission import Submission
from partners.submissions.access_log import AccessRecord
from partners.submissions.person_facts import request_facts
from partners.submissions.resend import resend_brochure
from partners.submissions.working import add_note
from tests import builders
from tests.partners.submissions.conftest import set_state
from tests.partners.submissions.test_person_page import FILE, look, text_of, zip_of

pytestmark = pytest.mark.django_db

STRANGER, RIGHT = "stranger@example.org", "right@example.org"


@pytest.fixture
def corrected(make_submission, desk_user):
    """Return a request whose mistyped address was a stranger's, corrected, with a note about its person."""
    submission = make_submission(email=STRANGER, name="Rita Right", company="Right Ltd", language="zh-hant")
    seen = set_state(submission, "sent")
    resend_brochure(submission, by=desk_user, seen=seen.pk, address=RIGHT)
    add_note(submission, "She telephoned about her cranes", desk_user)
    return submission


def read_file(client, address):
    """Return the file of a person's data: its object, and all of its words."""
    with zip_of(client.post(FILE, {"address": address})) as archive:
        content = archive.read("data.json").decode()
        return json.loads(content), content + archive.read("data.html").decode()


@pytest.mark.parametrize("typed", [STRANGER, "Stranger+b@Example.org"])
def test_file_of_a_mistyped_address_tells_of_its_letters_and_not_of_the_person(desk, corrected, typed):
    data, words = read_file(desk, typed)
    for part in (RIGHT, "Rita", "Right Ltd", "cranes", corrected.reference, corrected.form_title):
        assert part not in words, part
    assert (data["requests"], data["addresses"]) == ([], [typed])
    assert [(letter["to"], letter["kind"]) for letter in data["letters_astray"]] == [(STRANGER, "brochure")]
    assert "came to you by mistake" in words
    # It left all the same, and is on record.
    assert AccessRecord.objects.filter(way="file", submission=corrected).count() == 1


def test_file_of_the_person_holds_the_request_and_no_wish_of_the_stranger(desk, corrected):
    suppress(STRANGER)
    data, words = read_file(desk, RIGHT)
    [request] = data["requests"]
    assert [letter["to"] for letter in request["letters"]] == [STRANGER, RIGHT]
    assert (data["letters_astray"], data["no_news_since"]) == ([], None)
    assert "cranes" in words
    suppress(RIGHT)
    assert read_file(desk, RIGHT)[0]["no_news_since"]


def test_file_of_a_stranger_with_a_request_holds_that_one(desk, corrected, make_submission):
    own = make_submission(email=STRANGER, name="Sam Stranger")
    data, words = read_file(desk, STRANGER)
    assert [request["reference"] for request in data["requests"]] == [own.reference]
    assert len(data["letters_astray"]) == 1
    assert RIGHT not in words
    assert '<html lang="en">' in words


def test_address_corrected_while_the_file_is_made_counts(submission, desk_user):
    ids, newest = requests_of("ada@example.com"), set_state(submission, "sent")
    resend_brochure(submission, by=desk_user, seen=newest.pk, address=RIGHT)
    assert list(request_facts(ids, "ada@example.com")) == []


def test_page_warns_of_requests_that_have_another_address_by_now(desk, corrected, submission):
    assert "1 request has another address by now" in text_of(look(desk, STRANGER))
    for address in (RIGHT, submission.email):
        assert "another address by now" not in text_of(look(desk, address))


@pytest.mark.parametrize("is_gone", [False, True])
def test_file_names_an_article_after_its_label(desk, make_submission, is_gone):
    article = builders.article(disclosure="unpaid_contribution")
    submission = make_submission(email=RIGHT, language="en")
    Submission.objects.filter(pk=submission.pk).update(article=article, article_title=article.title)
    if is_gone:
        article.delete()
    data, words = read_file(desk, RIGHT)
    # What nobody can say any more counts as paid.
    label = "Paid content" if is_gone else "Contributed content"
    assert [(request["article_label"], request["article"]) for request in data["requests"]] == [(label, article.title)]
    assert f"{label}: {article.title}" in " ".join(words.split())


def test_file_has_no_label_without_an_article(desk, make_submission):
    submission = make_submission(email=RIGHT)
    Submission.objects.filter(pk=submission.pk).update(article=None, article_title="")
    assert [request["article_label"] for request in read_file(desk, RIGHT)[0]["requests"]] == [""]
