"""partners/brochures/intake.py: one request, one letter, whatever the visitor's finger does."""

import json
import uuid
from dataclasses import replace
from time import monotonic

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from partners.brochures import full_limits, intake, sending
from partners.brochures.circumstances import Circumstances
from partners.brochures.consent_boxes import ConsentBox
from partners.brochures.consent_wording import Purpose
from partners.brochures.intake import Answer, FormGone, Request, accept_request, new_reference, request_key
from partners.brochures.limits import Allowance
from partners.brochures.message import BrochureMessage
from partners.brochures.submission import Submission
from tests import builders
from tests.at_once import at_once
from tests.partners.brochures.asking import shown_form
from tests.partners.statements import statements

# Where news are asked for, a request needs more than one statement.
NEWS = (ConsentBox(Purpose.NEWS, 0, "en", "May we send you news?", ticked=True),)


def make_request(page, *, key=None, email="reader@example.com", article=None):
    return Request(
        key=key or uuid.uuid4(),
        form_page=page,
        article=article,
        email=email,
        name="陳 Reader",
        company="",
        answers=[Answer(key="email", label="E-mail address", kind="EmailField", value=email)],
    )


def scopes_of(statement):
    """Return which limits a statement counts, in their order."""
    listed = [value for value in statement.values if isinstance(value, str) and '"subject"' in value]
    return [limit["scope"] for value in listed for limit in json.loads(value)]


@pytest.mark.django_db
def test_a_request_is_one_statement_in_which_what_all_share_comes_last():
    request = make_request(builders.request_page())
    accept_request(make_request(request.form_page, email="first@example.com"))

    with statements() as asked:
        accept_request(request, Circumstances(network="203.0.113.0/24"))

    [statement] = [one for one in asked if one.sql.startswith("WITH row_0 AS (INSERT")]
    assert len(asked) <= 10
    assert scopes_of(statement) == [
        "key",
        "text_of_mailbox",
        "text",
        "mailbox",
        "mailbox_all",
        "network",
        "mails",
    ]
    # The parts are carried out in the order in which they are asked for what they say: limits, then the refusal, last.
    asked_for = statement.sql[statement.sql.rindex(") SELECT ") :]
    assert asked_for.rindex("FROM taken)") < asked_for.rindex("FROM beside_")


@pytest.mark.django_db
def test_request_message_and_link_are_stored_together():
    page = builders.request_page()
    article = builders.article(page.get_parent().specific)

    submission = accept_request(make_request(page, article=article))

    message = submission.messages.get()
    assert message.to == "reader@example.com"
    assert message.state == "queued"
    assert message.link.brochure_file == page.brochure.file_for("en")
    assert submission.article == article
    assert submission.article_title == article.title
    assert submission.answers == [
        {"key": "email", "label": "E-mail address", "kind": "EmailField", "value": "reader@example.com"}
    ]


@pytest.mark.django_db
def test_same_key_and_address_is_one_request():
    page = builders.request_page()
    key = uuid.uuid4()

    first = accept_request(make_request(page, key=key))
    second = accept_request(make_request(page, key=key, email="READER@example.com"))

    assert first == second
    assert BrochureMessage.objects.count() == 1


@pytest.mark.django_db
def test_mended_address_under_the_same_key_is_a_request_of_its_own():
    page = builders.request_page()
    key = uuid.uuid4()

    accept_request(make_request(page, key=key, email="raeder@example.com"))
    accept_request(make_request(page, key=key, email="reader@example.com"))

    assert set(Submission.objects.values_list("email", flat=True)) == {"raeder@example.com", "reader@example.com"}


@pytest.mark.django_db
def test_same_person_asking_again_gets_the_brochure_again():
    page = builders.request_page()

    accept_request(make_request(page))
    accept_request(make_request(page))

    assert BrochureMessage.objects.count() == 2


@pytest.mark.django_db
def test_a_form_that_was_deleted_is_gone_also_where_nothing_is_kept_of_it():
    request = make_request(builders.request_page())
    type(request.form_page).objects.get(pk=request.form_page.pk).delete()
    with pytest.raises(FormGone):
        accept_request(request)
    assert not Submission.objects.exists()


@pytest.fixture(autouse=True)
def _nothing_was_full(monkeypatch):
    monkeypatch.setattr(full_limits, "_full", {})


@pytest.fixture
def refused_letters(monkeypatch):
    """Have the database refuse every letter with a brochure: it is of no kind."""
    monkeypatch.setattr(sending, "LETTER_KIND", "")
    monkeypatch.setattr(intake, "new_letter", lambda submission: sending.new_letter(submission, ""))


@pytest.mark.django_db
@pytest.mark.usefixtures("refused_letters")
def test_nothing_is_kept_when_the_letter_cannot_be_queued():
    page = builders.request_page()
    with pytest.raises(IntegrityError), transaction.atomic():
        accept_request(make_request(page))
    assert not Submission.objects.exists()
    assert not Allowance.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("limit", ["FORM_NETWORK_PER_HOUR", "FORM_MAILBOX_PER_DAY", "FORM_MAILS_PER_HOUR"])
def test_what_finds_no_room_is_held_back_and_counts_nothing_twice(settings, limit):
    page = builders.request_page()
    setattr(settings, limit, 1)
    here = Circumstances(network="203.0.113.0/24")
    assert accept_request(make_request(page), here).quarantined_at is None
    before = dict(Allowance.objects.exclude(scope="key").values_list("scope", "counts"))

    held = accept_request(make_request(page), here)

    assert held.quarantined_at is not None
    assert Submission.objects.count() == 2
    assert BrochureMessage.objects.count() == 1
    counted = dict(Allowance.objects.exclude(scope="key").values_list("scope", "counts"))
    # Who sends the same words again from one mailbox is counted once by them.
    assert counted == before
    assert Allowance.objects.filter(scope="key").count() == 2


def test_the_database_refuses_what_finds_no_room_and_keeps_nothing_of_it(committed_page, settings):
    """Outside a transaction too, where the statement is one of its own."""
    settings.FORM_MAILS_PER_HOUR = 1
    assert accept_request(make_request(committed_page)).quarantined_at is None
    held = accept_request(make_request(committed_page, email="other@example.com"))
    assert (held.quarantine_reasons, held.messages.count()) == (["busy_hour"], 0)
    assert Submission.objects.count() == 2
    # As if it had never been tried: the next hour is not used up by what was refused.
    assert Allowance.objects.get(scope="mails").counts == [1]
    assert not Allowance.objects.filter(scope="mailbox", counts=[2]).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("limit", ["FORM_NETWORK_PER_HOUR", "FORM_MAILBOX_PER_DAY", "FORM_MAILS_PER_HOUR"])
def test_of_many_that_find_no_room_the_database_refuses_one_in_a_while(settings, monkeypatch, limit):
    """Each refusal is an error in its log, and the work is done twice: a flood would be mostly that."""
    page = builders.request_page()
    setattr(settings, limit, 1)

    def refused(name):
        # A name of its own each: the same words from one mailbox would go the longer way themselves.
        request = replace(make_request(page), name=name)
        with statements() as asked:
            accept_request(request, Circumstances(network="203.0.113.0/24"))
        return len([one for one in asked if "partners_require_room" in one.sql])

    assert [refused(name) for name in ("Ann", "Bea", "Cleo", "Dora")] == [1, 1, 0, 0]
    assert Submission.objects.filter(quarantined_at=None).count() == BrochureMessage.objects.count() == 1
    later = monotonic() + full_limits.REMEMBERED_SECONDS
    monkeypatch.setattr(full_limits, "monotonic", lambda: later)
    assert [refused(name) for name in ("Eve", "Fay")] == [1, 0]
    # Whoever comes where there is room again, and that is not known yet, gets the letter all the same.
    Allowance.objects.all().delete()
    assert refused("Gail") == 0
    assert BrochureMessage.objects.count() == 2


def test_of_many_at_once_no_more_get_a_letter_than_may(committed_page, settings):
    settings.FORM_MAILS_PER_HOUR = 5
    at_once(12, lambda number: accept_request(make_request(committed_page, email=f"reader-{number}@example.com")))
    assert Submission.objects.count() == 12
    assert BrochureMessage.objects.count() == Submission.objects.filter(quarantined_at=None).count() == 5


def test_fifty_parallel_posts_of_one_key_make_one_request_and_one_mail(committed_page):
    body = {**shown_form(committed_page), "name": "Reader", "email": "reader@example.com"}
    answers = at_once(50, lambda _: Client().post(committed_page.url, body))

    assert {answer.status_code for answer in answers} == {303}
    [thanks] = {answer.headers["Location"] for answer in answers}
    submission = Submission.objects.get()
    assert submission.reference in Client().get(thanks).content.decode()
    assert submission.quarantined_at is None
    assert BrochureMessage.objects.get().submission == submission


def test_references_can_be_read_out_loud():
    references = {new_reference() for _ in range(500)}
    assert len(references) == 500
    for reference in references:
        assert len(reference) == 12
        assert not set("ILOU") & set(reference[3:])


def test_request_key_ignores_the_case_of_an_address():
    key = uuid.uuid4()
    assert request_key(key, 1, "A@Example.com") == request_key(key, 1, "a@example.com")
    assert request_key(key, 1, "a@example.com") != request_key(uuid.uuid4(), 1, "a@example.com")
    assert request_key(key, 1, "a@example.com") != request_key(key, 2, "a@example.com")
