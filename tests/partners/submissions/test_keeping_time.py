"""partners/brochures/keeping_time.py and forget_old.py: what is kept until when, and that it is forgotten then."""

import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from partners.brochures import forget_old
from partners.brochures.brochure import Brochure
from partners.brochures.confirming import confirm_news
from partners.brochures.consent_record import Means
from partners.brochures.consent_wording import Purpose
from partners.brochures.erasing import forget_batch
from partners.brochures.forget_old import count_old_requests, forget_old_requests
from partners.brochures.forgetting_run import ForgettingRun
from partners.brochures.intake import accept_request
from partners.brochures.keeping_time import due, kept_until
from partners.brochures.message import BrochureMessage
from partners.brochures.quarantine import hold, mark_as_spam, release
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import withdraw
from tests import builders
from tests.at_once import at_once
from tests.faults.committed import empty_queue
from tests.partners.brochures.asking import ask, asking_page
from tests.partners.brochures.dump import found_in, whole_database
from tests.partners.brochures.test_intake import make_request

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
TODAY = date(2026, 11, 20)
# 00:30 in Hong Kong is still the day before in UTC.
NIGHT = datetime(2026, 11, 20, 0, 30, tzinfo=HONG_KONG)


def aged(submission, days, *, at=(23, 59)):
    """Let `submission` have been asked for `days` before TODAY, late in the evening of Hong Kong."""
    day = TODAY - timedelta(days=days)
    moment = datetime(day.year, day.month, day.day, *at, tzinfo=HONG_KONG)
    Submission.objects.filter(pk=submission.pk).update(created_at=moment)
    submission.refresh_from_db()
    return submission


def is_forgotten(submission):
    submission.refresh_from_db()
    return submission.erased_at is not None


@pytest.fixture
def dated(make_submission, settings):
    settings.REQUEST_KEEP_DAYS = 10
    return lambda days, **fields: aged(make_submission(**fields), days)


@pytest.mark.parametrize(("days", "gone"), [(9, False), (10, False), (11, True)])
@pytest.mark.parametrize("at", [(0, 0), (7, 59), (8, 1), (23, 59)])
def test_the_tenth_day_is_the_last(make_submission, settings, days, gone, at):
    settings.REQUEST_KEEP_DAYS = 10
    submission = aged(make_submission(), days, at=at)
    assert kept_until(submission) == TODAY - timedelta(days=days) + timedelta(days=10)
    assert forget_old_requests(NIGHT).requests == gone
    assert is_forgotten(submission) is gone


def test_days_are_those_of_hong_kong(dated):
    submission = dated(10)
    last_moment = datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)
    assert forget_old_requests(last_moment).requests == 0
    assert forget_old_requests(last_moment + timedelta(seconds=1)).requests == 1
    assert is_forgotten(submission)


@pytest.mark.parametrize(
    ("promised", "form", "last"),
    [
        (None, None, 10),  # of before days were written down
        (None, 20, 20),
        (20, None, 10),  # what holds is the shorter
        (5, None, 5),
        (5, 20, 5),  # more days reach new requests only
        (20, 5, 5),
        (20, 20, 20),  # a form may have more days than the site
    ],
)
def test_the_shorter_of_what_was_promised_and_what_the_form_says_holds(dated, offer, promised, form, last):
    type(offer).objects.update(keep_days=form)
    kept, gone = dated(last, keep_days=promised), dated(last + 1, keep_days=promised)
    assert kept_until(kept) == TODAY
    forget_old_requests(NIGHT)
    assert (is_forgotten(kept), is_forgotten(gone)) == (False, True)


@pytest.mark.parametrize(("promised", "last"), [(20, 20), (5, 5), (None, 10)])
def test_a_deleted_form_leaves_the_days_that_were_valid(dated, promised, last):
    kept, gone = dated(last, keep_days=promised, form_page=None), dated(last + 1, keep_days=promised, form_page=None)
    forget_old_requests(NIGHT)
    assert (is_forgotten(kept), is_forgotten(gone)) == (False, True)


@pytest.mark.django_db
@pytest.mark.parametrize(("form", "days"), [(None, 365), (30, 30)])
def test_a_request_remembers_for_how_long_it_was_to_be_kept(form, days):
    assert accept_request(make_request(builders.request_page(keep_days=form))).keep_days == days


@pytest.mark.parametrize("days", [9, 10, 11])
def test_what_was_held_back_goes_sooner_unless_it_was_released(make_submission, settings, days, desk_user):
    settings.REQUEST_KEEP_SPAM_DAYS = 10
    held, closed, released = (make_submission(sent=False) for _ in range(3))
    for submission in (held, closed, released):
        hold(submission, [Sign.TRAP])
    mark_as_spam(closed, desk_user)
    release(released, desk_user)
    for submission in (held, closed, released):
        aged(submission, days)
    forget_old_requests(NIGHT)
    gone = days == 11
    assert [is_forgotten(each) for each in (held, closed, released)] == [gone, gone, False]


@pytest.mark.django_db
def test_news_in_force_keeps_its_evidence_until_it_is_withdrawn(settings):
    settings.REQUEST_KEEP_DAYS = 10
    page = asking_page()
    confirmed, unconfirmed, plain = (aged(ask(page, *ticked), 500) for ticked in (["news"], ["news"], []))
    confirm_news(confirmed, Means.LETTER)
    assert kept_until(confirmed) is None
    forget_old_requests(NIGHT)
    assert [is_forgotten(each) for each in (confirmed, unconfirmed, plain)] == [False, True, True]
    assert confirmed.email == "reader@example.com"
    withdraw(confirmed, [Purpose.NEWS], Means.SELF_SERVICE)
    forget_old_requests(NIGHT)
    assert is_forgotten(confirmed)


@pytest.mark.django_db
def test_nothing_is_left_of_what_is_forgotten_by_the_clock(settings):
    settings.REQUEST_KEEP_DAYS = 10
    request = make_request(builders.request_page(), email="ada.leserin@example.com")
    aged(accept_request(request), 11)
    assert found_in(whole_database(), "ada.leserin@example.com", "陳 Reader")
    run = forget_old_requests(NIGHT)
    assert found_in(whole_database(), "ada.leserin@example.com", "陳 Reader") == []
    assert (run.cause, run.user, run.requests) == ("age", None, 1)
    assert run.counts["letters"] == run.counts["links"] == 1


def test_an_interrupted_night_is_finished_by_the_next(dated, monkeypatch):
    monkeypatch.setattr(forget_old, "BATCH", 3)
    requests = [dated(11) for _ in range(8)]
    calls = []

    def die_in_the_third(rows, run):
        calls.append(1)
        if len(calls) == 3:
            forget_batch(rows, run)
            raise KeyboardInterrupt
        return forget_batch(rows, run)

    monkeypatch.setattr(forget_old, "forget_batch", die_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        forget_old_requests(NIGHT)
    assert [is_forgotten(each) for each in requests] == [True] * 6 + [False] * 2
    interrupted = ForgettingRun.objects.get()
    assert (interrupted.requests, interrupted.finished_at) == (6, None)
    monkeypatch.setattr(forget_old, "forget_batch", forget_batch)
    assert forget_old_requests(NIGHT).requests == 2
    assert all(is_forgotten(each) for each in requests)
    assert forget_old_requests(NIGHT).requests == 0


def test_the_command_counts_by_form_and_then_forgets(dated, offer, monkeypatch):
    other = builders.request_page(title="Other form")
    for _ in range(3):
        dated(11)
    dated(11, form_page=other, form_title=other.title)
    dated(10)
    monkeypatch.setattr(timezone, "now", lambda: NIGHT)

    def lines(*arguments):
        out = io.StringIO()
        call_command("forget_old_requests", *arguments, stdout=out)
        return [line.split(maxsplit=1) for line in out.getvalue().splitlines()]

    counts = [["3", offer.title], ["1", "Other form"]]
    assert lines("--dry-run") == [*counts, ["4", "requests would be forgotten"]]
    assert not Submission.objects.exclude(erased_at=None).exists()
    assert sorted(lines()) == sorted([*counts, ["4", "requests forgotten"]])
    assert lines() == [["0", "requests forgotten"]]
    assert Submission.objects.filter(erased_at=None).count() == 1


@pytest.mark.parametrize("days", [0, 36_501])
def test_an_editor_cannot_keep_for_no_days_or_for_ever(offer, days):
    offer.keep_days = days
    with pytest.raises(ValidationError) as refused:
        offer.full_clean()
    assert set(refused.value.message_dict) == {"keep_days"}


@pytest.fixture
def committed_requests(committed):
    page = builders.request_page()
    logo = page.get_parent().specific.logo
    made = [accept_request(make_request(page, email=f"reader{number}@example.com")) for number in range(40)]
    yield [aged(each, 500) for each in made]
    connection.close()
    Submission.objects.all().delete()
    ForgettingRun.objects.all().delete()
    page.get_parent().specific.delete()
    Brochure.objects.filter(pk=page.brochure_id).delete()
    logo.delete()
    empty_queue()


def test_several_workers_forget_each_request_once(committed_requests, monkeypatch):
    monkeypatch.setattr(forget_old, "BATCH", 4)
    runs = at_once(4, lambda _: forget_old_requests(NIGHT))
    # What one passed by was in another's hands.
    assert sum(run.requests for run in runs) == 40
    assert not due(TODAY).exists()
    assert set(BrochureMessage.objects.values_list("to", "state")) == {("", "cancelled")}
    assert {run.finished_at is not None for run in ForgettingRun.objects.all()} == {True}
    assert count_old_requests(NIGHT) == {}
    assert Client().get("/").status_code == 200
