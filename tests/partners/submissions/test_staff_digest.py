"""partners/submissions/staff_digest.py and daily.py: once a day, to whoever has news, by however many workers."""

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connections
from procrastinate.contrib.django import app

from partners.brochures.staff_notice import Notify, StaffRecipient
from partners.brochures.submission import Submission
from partners.delivery.letters import build_letter
from partners.delivery.message import OutgoingMessage
from partners.submissions import daily
from partners.submissions.staff_digest import DESK_ZONE, StaffDigest, StaffDigestMessage, send_digest
from tests import builders
from tests.partners.submissions.conftest import set_state


def at(hour, minute=0, day=12):
    """Return a time in Hong Kong in October 2026."""
    return datetime(2026, 10, day, hour, minute, tzinfo=DESK_ZONE)


def follow(page, email="desk@example.com", notify=Notify.DAILY, language="en"):
    return StaffRecipient.objects.create(form_page=page, email=email, notify=notify, language=language)


@pytest.fixture
def asked(make_submission):
    """Return a maker of requests that came in at a given time."""

    def make(when, **fields):
        submission = make_submission(**fields)
        Submission.objects.filter(pk=submission.pk).update(created_at=when)
        return submission

    return make


@pytest.mark.django_db
def test_digest_is_due_at_eight_in_hong_kong_and_once_a_day(offer, asked):
    follow(offer)
    asked(at(20, day=11))
    assert send_digest(at(7, 59)) is None
    assert send_digest(at(8)).day == date(2026, 10, 12)
    assert send_digest(at(8)) is None
    assert send_digest(at(23, 59)) is None
    [message] = StaffDigestMessage.objects.all()
    assert (message.to, message.state, message.kind) == ("desk@example.com", "queued", "staff_digest")
    assert message.counts == [{"form": offer.title, "requests": 1, "failed": 0}]


@pytest.mark.django_db
def test_every_request_is_told_in_one_digest_and_one_only(offer, asked):
    follow(offer)
    times = [at(8, day=11), at(7, 54), at(7, 55), at(7, 56), at(8), at(12), at(7, 55, day=13), at(7, 55, day=14)]
    for when in times:
        asked(when)
    for day in (12, 13, 14):
        send_digest(at(8, day=day))
    told = [sum(count["requests"] for count in message.counts) for message in StaffDigestMessage.objects.order_by("pk")]
    assert told == [3, 4, 1]
    assert sum(told) == len(times)


@pytest.mark.django_db
def test_after_an_outage_it_comes_late_and_about_all_the_time_since(offer, asked):
    follow(offer)
    send_digest(at(8, day=9))
    for day in (9, 10, 11, 12):
        asked(at(12, day=day))
    digest = send_digest(at(17, 30, day=12))
    assert digest.messages.get().counts[0]["requests"] == 3


@pytest.mark.django_db
def test_nothing_is_sent_about_nothing_and_the_day_is_done(offer):
    follow(offer)
    assert send_digest(at(8)) is not None
    assert not StaffDigestMessage.objects.exists()
    assert send_digest(at(9)) is None


@pytest.mark.django_db
def test_failed_and_returned_letters_are_counted_by_form(offer, asked):
    follow(offer)
    for state in ("failed", "bounced", "sent", "queued"):
        submission = asked(at(12, day=10))
        set_state(submission, state)
    OutgoingMessage.objects.filter(closed_at__isnull=False).update(closed_at=at(12, day=11))
    [message] = send_digest(at(8)).messages.all()
    assert message.counts == [{"form": offer.title, "requests": 0, "failed": 2}]


@pytest.mark.django_db
def test_one_message_a_recipient_with_the_forms_that_have_news(offer, make_submission, asked):
    quiet, other = builders.request_page(title="Quiet form"), builders.request_page(title="Other form")
    for page in (offer, quiet, other):
        follow(page)
    follow(other, "DESK@example.com")
    follow(other, "second@example.com", language="zh-hant")
    follow(offer, "each@example.com", Notify.EACH)
    asked(at(12, day=11))
    asked(at(13, day=11), form_page=other, form_title=other.title)
    send_digest(at(8))
    counts = {message.to: [count["form"] for count in message.counts] for message in StaffDigestMessage.objects.all()}
    assert counts == {"desk@example.com": [offer.title, "Other form"], "second@example.com": ["Other form"]}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_letter_says_the_numbers_and_nobody_s_name(offer, asked, language):
    follow(offer, language=language)
    for _ in range(3):
        asked(at(12, day=11), name="Ada Reader", email="ada@example.com")
    message = send_digest(at(8)).messages.get()
    letter = build_letter(OutgoingMessage.objects.get(pk=message.pk))
    for part in (letter.text, letter.html):
        assert offer.title in part
        assert "3" in part
        assert "/admin/brochure-requests/" in part
        assert "Ada" not in part
        assert "ada@" not in part
    assert f'lang="{language}"' in letter.html
    assert "3" in letter.subject


@pytest.mark.django_db
def test_clock_asks_every_five_minutes(monkeypatch):
    assert {task.cron for task in app.periodic_registry.periodic_tasks.values() if task.task.name == daily._DIGEST} == {
        "*/5 * * * *"
    }
    asked_at = []
    monkeypatch.setattr(daily, "send_digest", asked_at.append)
    daily.send_due_digest(timestamp=0)
    assert asked_at[0].tzinfo is not None


@pytest.fixture
def committed_recipient(committed):
    """A form with somebody who follows it and something to tell, for other connections to see."""
    page = builders.request_page()
    logo = page.get_parent().specific.logo
    follow(page)
    submission = Submission.objects.create(
        reference="QH-TEST-0001",
        key="00000000-0000-0000-0000-000000000001",
        form_page=page,
        form_title=page.title,
        brochure_title="x",
        language="en",
        email="a@example.com",
        name="A",
    )
    Submission.objects.filter(pk=submission.pk).update(created_at=at(12, day=11))
    yield
    StaffDigest.objects.all().delete()
    Submission.objects.all().delete()
    page.get_parent().specific.delete()
    page.brochure.delete()
    logo.delete()


def test_ten_workers_at_once_make_one_digest(committed_recipient):
    start = threading.Barrier(10)
    made, errors = [], []

    def work():
        try:
            start.wait(timeout=30)
            made.append(send_digest(at(8)))
        except Exception as error:  # noqa: BLE001  the assertion below shows it
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert errors == []
    assert len([digest for digest in made if digest is not None]) == 1
    assert StaffDigest.objects.count() == 1
    assert StaffDigestMessage.objects.count() == 1


def test_worker_that_dies_in_between_leaves_the_day_to_the_next(committed_recipient, monkeypatch):
    from partners.submissions import staff_digest

    def die(message):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(staff_digest, "queue_message", die)
        with pytest.raises(KeyboardInterrupt):
            send_digest(at(8))
    assert not StaffDigest.objects.exists()
    assert send_digest(at(8) + timedelta(minutes=5)) is not None
    assert StaffDigestMessage.objects.count() == 1
