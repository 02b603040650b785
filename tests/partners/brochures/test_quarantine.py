"""partners/brochures/quarantine.py and intake.py: what looks bad is kept, and let go once."""

import uuid
from copy import deepcopy
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from wagtail.log_actions import registry

from partners.brochures.circumstances import Circumstances
from partners.brochures.housekeeping import forget_allowances, release_waiting
from partners.brochures.intake import Request, accept_request
from partners.brochures.limits import Allowance
from partners.brochures.message import BrochureMessage
from partners.brochures.quarantine import (
    MARK_AS_SPAM,
    RELEASE,
    MailboxIsFull,
    NotHeld,
    NotReleased,
    mark_as_spam,
    release,
    release_when_there_is_room,
)
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from tests import builders
from tests.at_once import at_once
from tests.partners.brochures.test_limits import shift

TRAPPED = Circumstances(is_trapped=True)


def ask(page, email="reader@example.com", key=None, circumstances=TRAPPED, name="Reader"):
    request = Request(
        key=key or uuid.uuid4(), form_page=page, article=None, email=email, name=name, company="", answers=[]
    )
    return accept_request(request, circumstances)


@pytest.fixture(scope="module")
def kept_page(rows_kept):
    return builders.request_page()


@pytest.fixture
def page(db, kept_page):
    return deepcopy(kept_page)


@pytest.fixture
def user(db):
    return User.objects.create_user("mei")


def acts(submission):
    return [(entry.action, entry.user) for entry in registry.get_logs_for_instance(submission).order_by("pk")]


def test_what_looks_bad_is_kept_without_a_letter(page):
    submission = ask(page)
    submission.refresh_from_db()
    assert submission.quarantined_at is not None
    assert submission.quarantine_reasons == [Sign.TRAP]
    assert not BrochureMessage.objects.exists()


def test_repeated_post_is_one_request_and_counts_once(page):
    key = uuid.uuid4()
    first = ask(page, key=key, circumstances=Circumstances(network="203.0.113.0/24"))
    counted = sorted(Allowance.objects.values_list("scope", "times"))
    for _ in range(5):
        assert ask(page, key=key, circumstances=Circumstances(network="203.0.113.0/24")) == first
    assert sorted(Allowance.objects.values_list("scope", "times")) == counted
    assert {len(times) for _, times in counted} == {1}
    held = uuid.uuid4()
    assert ask(page, key=held) == ask(page, key=held) == ask(page, key=held, circumstances=Circumstances())
    assert Submission.objects.count() == 2
    assert BrochureMessage.objects.count() == 1


def test_release_sends_once_and_says_who(page, user):
    submission = ask(page)
    message = release(submission, user)
    assert (message.to, message.state) == ("reader@example.com", "queued")
    with pytest.raises(NotHeld):
        release(submission, user)
    assert submission.messages.count() == 1
    assert acts(submission) == [(RELEASE, user)]
    assert registry.get_logs_for_instance(submission).get().data == {"message": message.pk}


def test_spam_stays_closed_until_somebody_thinks_better_of_it(page, user):
    submission = ask(page)
    mark_as_spam(submission, user)
    with pytest.raises(NotHeld):
        mark_as_spam(submission, user)
    assert release_when_there_is_room() == 0
    assert submission.messages.count() == 0
    release(submission, user)
    with pytest.raises(NotHeld):
        mark_as_spam(submission, user)
    assert submission.messages.count() == 1
    assert [action for action, _ in acts(submission)] == [MARK_AS_SPAM, RELEASE]


def test_clean_request_can_be_neither_released_nor_closed(page, user):
    submission = ask(page, circumstances=Circumstances())
    for act in (release, mark_as_spam):
        with pytest.raises(NotHeld):
            act(submission, user)
    assert submission.messages.count() == 1


def test_released_letters_count_against_the_mailbox(page, user):
    held = [ask(page) for _ in range(4)]
    for submission in held[:3]:
        release(submission, user)
    with pytest.raises(MailboxIsFull):
        release(held[3], user)
    assert acts(held[3]) == []
    assert BrochureMessage.objects.count() == 3
    assert ask(page, circumstances=Circumstances()).quarantine_reasons == [Sign.MAILBOX_LIMIT]
    shift(timedelta(days=1))
    release(held[3], user)
    assert BrochureMessage.objects.count() == 4


def test_busy_hour_passes_and_every_honest_request_gets_its_brochure(settings, page):
    settings.FORM_MAILS_PER_HOUR = 2
    clean = Circumstances(seconds=20.0)
    asked = [ask(page, f"r{number}@example.com", name=f"Reader {number}", circumstances=clean) for number in range(5)]
    trapped = ask(page, "robot@example.com")
    assert [submission.quarantine_reasons for submission in asked] == [[], [], *[[Sign.BUSY_HOUR]] * 3]
    release_waiting(timestamp=0)
    assert BrochureMessage.objects.count() == 2
    for expected in (4, 5, 5):
        shift(timedelta(hours=1))
        release_waiting(timestamp=0)
        assert BrochureMessage.objects.count() == expected
    assert list(BrochureMessage.objects.order_by("pk").values_list("submission_id", flat=True)) == [
        submission.pk for submission in asked
    ]
    assert trapped.messages.count() == 0
    assert acts(asked[2]) == [(RELEASE, None)]


def test_waiting_request_whose_mailbox_has_filled_up_is_for_a_person_to_decide(settings, page):
    settings.FORM_MAILS_PER_HOUR = 3
    for _ in range(3):
        ask(page, circumstances=Circumstances())
    waiting = ask(page, circumstances=Circumstances())
    # All four for one mailbox: the mailbox is what is asked first.
    assert waiting.quarantine_reasons == [Sign.MAILBOX_LIMIT]
    Submission.objects.filter(pk=waiting.pk).update(quarantine_reasons=[Sign.BUSY_HOUR])
    settings.FORM_MAILS_PER_HOUR = 100
    assert release_when_there_is_room() == 0
    waiting.refresh_from_db()
    assert waiting.quarantine_reasons == [Sign.BUSY_HOUR, Sign.MAILBOX_LIMIT]
    assert waiting.released_at is None
    assert BrochureMessage.objects.count() == 3


def test_request_that_cannot_be_released_does_not_keep_others_back(settings, page, monkeypatch, caplog):
    settings.FORM_MAILS_PER_HOUR = 0
    first, second = (ask(page, f"r{number}@example.com", circumstances=Circumstances()) for number in range(2))
    settings.FORM_MAILS_PER_HOUR = 10
    from partners.brochures import quarantine

    send = quarantine.send_brochure

    def stumble(submission):
        if submission.pk == first.pk:
            raise RuntimeError("broken")
        return send(submission)

    monkeypatch.setattr(quarantine, "send_brochure", stumble)
    assert release_when_there_is_room() == 1
    assert second.messages.count() == 1
    first.refresh_from_db()
    assert first.released_at is None
    assert "r0@example.com" not in caplog.text


def test_old_counts_are_forgotten_by_the_clock(page):
    ask(page, circumstances=Circumstances(network="203.0.113.0/24"))
    assert Allowance.objects.exists()
    shift(timedelta(days=30))
    forget_allowances(timestamp=0)
    assert not Allowance.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"quarantine_reasons": ["trap"]},
        {"quarantined_at": "2026-11-01T00:00Z"},
        {"released_at": "2026-11-01T00:00Z"},
        {"spam_at": "2026-11-01T00:00Z"},
        {
            "quarantined_at": "2026-11-01T00:00Z",
            "quarantine_reasons": ["trap"],
            "released_at": "2026-11-01T00:00Z",
            "spam_at": "2026-11-01T00:00Z",
        },
    ],
)
def test_database_refuses_what_cannot_be(page, fields):
    submission = ask(page, circumstances=Circumstances())
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(**fields)


@pytest.fixture
def committed_page(committed):
    """A form and a user that other connections see, removed afterwards with all that came of them."""
    page, user = builders.request_page(), User.objects.create_user("clicker")
    logo = page.get_parent().specific.logo
    yield page, user
    for submission in Submission.objects.all():
        registry.get_logs_for_instance(submission).delete()
    Submission.objects.all().delete()
    page.get_parent().specific.delete()
    page.brochure.delete()
    logo.delete()
    user.delete()
    connection.close()


def test_ten_clicks_at_the_same_moment_release_once(committed_page):
    page, user = committed_page
    submission = ask(page)
    outcomes = at_once(10, lambda number: release(Submission.objects.get(pk=submission.pk), user), NotReleased)
    assert sum(isinstance(outcome, NotHeld) for outcome in outcomes) == 9
    assert submission.messages.count() == 1
    assert acts(submission) == [(RELEASE, user)]


def test_clicks_and_the_clock_release_once(committed_page):
    page, user = committed_page
    submission = ask(page, circumstances=Circumstances())
    submission.messages.all().delete()
    Submission.objects.filter(pk=submission.pk).update(
        quarantined_at=submission.created_at, quarantine_reasons=[Sign.BUSY_HOUR]
    )
    at_once(6, lambda n: release(submission, user) if n % 2 else release_when_there_is_room(), NotReleased)
    assert submission.messages.count() == 1


def test_parallel_posts_of_one_bad_form_are_one_held_request_counted_once(committed_page):
    page, _ = committed_page
    key = uuid.uuid4()
    outcomes = at_once(12, lambda number: ask(page, key=key).reference)
    assert len(set(outcomes)) == 1
    assert Submission.objects.count() == 1
    assert BrochureMessage.objects.count() == 0
    assert len(Allowance.objects.get(scope="key").times) == 1


def test_parallel_forms_for_one_mailbox_make_three_letters(committed_page):
    page, _ = committed_page
    circumstances = [Circumstances(network=f"198.51.{number}.0/24") for number in range(12)]
    at_once(12, lambda n: ask(page, "victim@example.com", circumstances=circumstances[n], name=f"Name of {n}"))
    assert Submission.objects.count() == 12
    assert BrochureMessage.objects.count() == 3
