"""partners/brochures/confirming.py: the second letter, and what its button does."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.db.models import F
from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateJob

from partners.brochures import intake
from partners.brochures.adding_wording import add_wording
from partners.brochures.confirming import ask_to_confirm, confirm_news
from partners.brochures.consent_boxes import ConsentBoxes
from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.consent_record import Means
from partners.brochures.consent_standing import standing
from partners.brochures.consent_suppression import Suppression, digests
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import withdraw
from partners.delivery.message import OutgoingMessage
from tests.at_once import at_once
from tests.faults.committed import empty_queue
from tests.partners.brochures.asking import EVERYTHING, ask, asking_page
from tests.partners.brochures.test_intake import make_request


def a_day_later():
    """Put every confirmation letter a day and a second back."""
    ConsentConfirmation.objects.update(asked_on=F("asked_on") - timedelta(days=1))
    OutgoingMessage.objects.update(created_at=F("created_at") - timedelta(days=1, seconds=1))


@pytest.mark.django_db
def test_a_tick_for_news_sends_a_second_letter_and_counts_for_nothing_yet():
    submission = ask(asking_page(), "news")
    letter = ConsentConfirmation.objects.get()
    assert (letter.kind, letter.to, letter.state) == ("consent_confirmation", "reader@example.com", "queued")
    assert letter.record == submission.consents.get()
    assert submission.messages.count() == 1
    assert not any("reader" in str(job.args) for job in ProcrastinateJob.objects.all())
    assert standing(submission) == set()


@pytest.mark.django_db
def test_no_tick_for_news_sends_no_second_letter():
    ask(asking_page(**EVERYTHING), "handover", "transfer")
    assert not ConsentConfirmation.objects.exists()


@pytest.mark.django_db
def test_letter_and_request_are_stored_together_or_not_at_all(monkeypatch):
    page = asking_page()
    consents = ConsentBoxes(page, {"consent_news": "yes", "consent_shown": ConsentBoxes(page).signed}).answered

    def refuse(submission):
        raise RuntimeError("queue is broken")

    monkeypatch.setattr(intake, "ask_to_confirm", refuse)
    request = make_request(page)
    with pytest.raises(RuntimeError):
        intake.accept_request(type(request)(**{**request.__dict__, "consents": consents}))
    assert not Submission.objects.exists()


@pytest.mark.django_db
def test_an_address_is_asked_once_in_24_hours_in_whatever_case_it_is_typed():
    page = asking_page()
    ask(page, "news")
    ask(page, "news", email="READER@Example.com")
    ask(asking_page(), "news")
    assert ConsentConfirmation.objects.count() == 1
    ask(page, "news", email="other@example.com")
    assert ConsentConfirmation.objects.count() == 2
    a_day_later()
    ask(page, "news")
    assert ConsentConfirmation.objects.count() == 3


@pytest.mark.django_db
def test_a_question_that_failed_has_asked_nobody():
    page = asking_page()
    ask(page, "news")
    failed = {"state": "failed", "due_at": None, "closed_at": Now()}
    OutgoingMessage.objects.filter(pk=ConsentConfirmation.objects.get().pk).update(**failed)
    ask(page, "news")
    assert sorted(ConsentConfirmation.objects.values_list("state", flat=True)) == ["failed", "queued"]
    ask(page, "news")
    assert ConsentConfirmation.objects.count() == 2


@pytest.mark.django_db
def test_the_database_repeats_that_an_address_is_asked_once_a_day():
    record = ask(asking_page(), "news").consents.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentConfirmation.objects.create(
            kind="consent_confirmation",
            to="x@example.com",
            record=record,
            address_digest=digests(record.submission.email)[0],
        )


@pytest.mark.django_db
def test_confirming_counts_and_twice_is_once():
    submission = ask(asking_page(), "news")
    assert confirm_news(submission, Means.LETTER)
    assert confirm_news(submission, Means.LETTER)
    assert standing(submission) == {"news"}
    assert [event.kind for event in submission.consents.get().events.all()] == ["given", "confirmed"]


@pytest.mark.django_db
def test_what_was_not_ticked_or_was_withdrawn_is_not_confirmed():
    empty = ask(asking_page())
    assert not confirm_news(empty, Means.LETTER)
    submission = ask(asking_page(), "news")
    withdraw(submission, ["news"], Means.SELF_SERVICE)
    assert not confirm_news(submission, Means.LETTER)
    assert standing(submission) == set()


@pytest.mark.django_db
def test_who_has_confirmed_these_words_is_not_asked_again_but_is_for_other_words():
    page = asking_page()
    confirm_news(ask(page, "news"), Means.LETTER)
    a_day_later()
    ask(page, "news")
    assert ConsentConfirmation.objects.count() == 1
    add_wording("news", "en", "{site} may also telephone")
    ask(page, "news")
    assert ConsentConfirmation.objects.count() == 2


@pytest.mark.django_db
def test_withdrawing_calls_back_a_letter_that_still_waits():
    submission = ask(asking_page(), "news")
    withdraw(submission, ["news"], Means.SELF_SERVICE)
    assert ConsentConfirmation.objects.get().state == "cancelled"
    assert submission.messages.get().state == "queued"
    assert ask_to_confirm(submission) is None


@pytest.fixture
def committed_asking_page(django_db_setup, django_db_blocker):
    """A form that other connections see, removed afterwards with all that came of it."""
    with django_db_blocker.unblock():
        page = asking_page()
        logo = page.get_parent().specific.logo
        yield page
        OutgoingMessage.objects.all().delete()
        Submission.objects.all().delete()
        Suppression.objects.all().delete()
        page.get_parent().specific.delete()
        page.brochure.delete()
        logo.delete()
        empty_queue()
        connections.close_all()


def test_twelve_requests_at_the_same_moment_ask_an_address_once(committed_asking_page):
    page = committed_asking_page
    consents = ConsentBoxes(page, {"consent_news": "yes", "consent_shown": ConsentBoxes(page).signed}).answered

    def send(index):
        request = make_request(page, email="Victim@example.com" if index % 2 else "victim@example.com")
        intake.accept_request(type(request)(**{**request.__dict__, "consents": consents}))

    at_once(12, send)
    assert Submission.objects.count() == 12
    assert ConsentConfirmation.objects.count() == 1


def test_confirming_and_withdrawing_at_the_same_moment_end_withdrawn(committed_asking_page):
    submission = ask(committed_asking_page, "news")

    def act(index):
        if index % 2:
            confirm_news(submission, Means.LETTER)
        else:
            withdraw(submission, ["news"], Means.SELF_SERVICE)

    at_once(8, act)
    kinds = [event.kind for event in submission.consents.get().events.all()]
    assert kinds in (["given", "withdrawn"], ["given", "confirmed", "withdrawn"])
    assert standing(submission) == set()
    assert Suppression.objects.filter(lifted_at=None).count() == 1
