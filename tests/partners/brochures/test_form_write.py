"""partners/brochures/form_write.py: forms that come at the same moment are written by one transaction, or none is."""

import uuid
from dataclasses import replace
from itertools import zip_longest
from time import monotonic

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection

from partners.brochures import form_write
from partners.brochures.circumstances import Circumstances
from partners.brochures.consent_boxes import ConsentBox
from partners.brochures.consent_record import EventKind
from partners.brochures.consent_wording import ConsentWording, Purpose
from partners.brochures.form_write import FormWrite
from partners.brochures.intake import accept_request, accepted_before
from partners.brochures.limits import Allowance, is_without_room
from partners.brochures.message import BrochureMessage
from partners.brochures.spam import ORDER_OF_LIMITS, takings_of_clean
from partners.brochures.submission import Submission
from partners.delivery.alarm import CHANNEL
from partners.group_commit import gathered_by
from tests import builders
from tests.at_once import at_once
from tests.partners.brochures.elsewhere import holding
from tests.partners.brochures.test_intake import NEWS, make_request

pytestmark = pytest.mark.usefixtures("forgotten")

HERE = Circumstances(network="203.0.113.0/24")


class Gathered:
    """What forms want written, until it is."""

    def __init__(self):
        self.writes, self.finished = [], 0

    def add(self, write):
        self.writes.append(write)

    def finish(self):
        self.finished += 1


def asked(page, *names, **changes):
    """Return requests of different readers, by their names."""
    return [
        replace(make_request(page, email=f"{name}@example.com"), name=f"Reader {name}", **changes) for name in names
    ]


def gathered(*requests, networks=()):
    """Return what `requests` want written, each taken as it would be."""
    group = Gathered()
    with gathered_by(group):
        for request, network in zip_longest(requests, networks, fillvalue=HERE.network):
            submission = accept_request(request, Circumstances(network=network))
            assert submission.pk is None
            assert submission.reference
    assert len(group.writes) == len(requests)
    return group.writes


def counted(scope):
    return sorted(sum(counts) for counts in Allowance.objects.filter(scope=scope).values_list("counts", flat=True))


def test_each_has_all_of_its_rows_and_counts_as_if_it_had_come_alone(committed_page):
    alone, *others = asked(committed_page, "alone", "ann", "bea", "陳")
    accept_request(alone, HERE)
    by_itself = Submission.objects.get()

    FormWrite.carry_out(gathered(*others))

    assert Submission.objects.count() == 4
    # One transaction wrote all three.
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM partners_submission")
        assert cursor.fetchone() == (2,)
        # Who comes alone waits for his own.
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
    for request in others:
        submission = accepted_before(request)
        message = submission.messages.get()
        assert (message.to, message.link.submission) == (request.email, submission)
        assert message.state == by_itself.messages.get().state
        left_out = {
            "id",
            "reference",
            "key",
            "email",
            "name",
            "answers",
            "created_at",
            "search_text",
            "search_ideographs",
        }
        same = [field.attname for field in Submission._meta.concrete_fields if field.name not in left_out]
        assert [getattr(submission, name) for name in same] == [getattr(by_itself, name) for name in same]
    assert (counted("mails"), counted("network"), counted("mailbox"), counted("key")) == ([4], [4], [1] * 4, [1] * 4)


def test_each_has_the_consents_of_its_own_boxes(committed_page):
    wording = ConsentWording.objects.filter(purpose=Purpose.HANDOVER).earliest("pk")
    requests = [
        replace(one, consents=(ConsentBox(Purpose.HANDOVER, wording.pk, "en", f"May we, {one.name}?", ticked=ticked),))
        for one, ticked in zip(asked(committed_page, "ann", "bea", "cleo"), (False, True, False), strict=True)
    ]
    FormWrite.carry_out(gathered(*requests))
    for request in requests:
        [box], [record] = request.consents, accepted_before(request).consents.all()
        assert (record.text, record.ticked, record.wording) == (box.text, box.ticked, wording)
        assert [event.kind for event in record.events.all()] == [EventKind.GIVEN if box.ticked else EventKind.NOT_GIVEN]


def test_workers_are_told(committed_page):
    writes = gathered(*asked(committed_page, "ann", "bea"))
    connection.ensure_connection()
    url = connection.get_connection_params()
    known = {name: url[name] for name in ("host", "port", "user", "password", "dbname") if url.get(name)}
    with psycopg.connect(autocommit=True, **known) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        FormWrite.carry_out(writes)
        assert [told.channel for told in listener.notifies(timeout=10, stop_after=1)] == [CHANNEL]


@pytest.mark.parametrize("limit", ["FORM_NETWORK_PER_HOUR", "FORM_MAILS_PER_HOUR"])
def test_where_there_is_no_room_for_all_nothing_is_written_and_some_can_be_by_themselves(
    committed_page, settings, limit
):
    setattr(settings, limit, 2)
    requests = asked(committed_page, "ann", "bea", "cleo")
    with pytest.raises(DatabaseError) as refused:
        FormWrite.carry_out(gathered(*requests))
    assert is_without_room(refused.value)
    assert not Submission.objects.exists()
    assert not Allowance.objects.exists()
    assert [accept_request(request, HERE).quarantined_at is None for request in requests] == [True, True, False]
    assert BrochureMessage.objects.count() == 2


def test_a_full_limit_has_exactly_the_room_that_is_left(committed_page, settings):
    settings.FORM_MAILS_PER_HOUR = 5
    for request in asked(committed_page, "ann", "bea"):
        accept_request(request, HERE)
    FormWrite.carry_out(gathered(*asked(committed_page, "cleo", "dora", "eve")))
    assert counted("mails") == [5]
    [late] = asked(committed_page, "fay")
    assert accept_request(late, HERE).quarantine_reasons == ["busy_hour"]


def test_one_form_sent_twice_at_once_is_refused_with_all_others_and_one_request_when_taken_again(committed_page):
    [ann, bea] = asked(committed_page, "ann", "bea")
    with pytest.raises(IntegrityError):
        FormWrite.carry_out(gathered(ann, bea, ann))
    assert not Submission.objects.exists()
    taken = {accept_request(request, HERE).reference for request in (ann, bea, ann)}
    assert len(taken) == Submission.objects.count() == BrochureMessage.objects.count() == 2


def test_what_is_refused_at_the_commit_alone_is_refused(committed_page):
    """Foreign keys are looked at there: something was deleted a moment ago."""
    [ann, bea] = asked(committed_page, "ann", "bea")
    article = builders.article(committed_page.get_parent().specific)
    writes = gathered(ann, replace(bea, article=article))
    article.delete()
    with pytest.raises(IntegrityError):
        FormWrite.carry_out(writes)
    assert not Submission.objects.exists()
    # The connection goes on.
    FormWrite.carry_out(gathered(*asked(committed_page, "cleo", "dora")))
    assert Submission.objects.count() == 2


@pytest.mark.parametrize("common", ["mailboxes", "networks"])
def test_readers_who_meet_in_any_order_never_wait_for_each_other_in_a_circle(
    committed_page, settings, monkeypatch, common
):
    """For mailboxes, or for what is counted: the database would end one of two after a second."""
    settings.FORM_MAILBOX_PER_DAY = settings.FORM_MAILBOX_ALL_PER_DAY = settings.FORM_NETWORK_PER_HOUR = 1000
    monkeypatch.setattr(form_write, "LOCK_SECONDS", 30)
    names = ["ann", "bea", "cleo", "dora", "eve"]

    def act(number):
        turned = names[number % 5 :] + names[: number % 5]
        order = turned if number % 2 else turned[::-1]
        # Each with words of its own: a text is counted once for each mailbox.
        mine = "abcdefghijkl"[number] * 5
        suffix, networks = ("", [HERE.network] * 5) if common == "mailboxes" else (f"-{mine}", order)
        requests = asked(committed_page, *[name + suffix for name in order])
        renamed = [replace(one, name=f"{one.name} {mine}") for one in requests]
        FormWrite.carry_out(gathered(*renamed, networks=networks))

    at_once(12, act)
    assert Submission.objects.count() == BrochureMessage.objects.count() == 60
    shared = {"mailboxes": "mailbox_all", "networks": "network"}[common]
    assert (counted(shared), counted("mails")) == ([12] * 5, [60])


@pytest.mark.timeout(60)
@pytest.mark.parametrize("names", [["ann", "bea"], ["bea"]], ids=["with another", "before somebody who writes nothing"])
def test_who_waits_for_a_mailbox_that_is_being_erased_does_not_hold_up_the_others_for_long(
    committed_page, monkeypatch, names
):
    monkeypatch.setattr(form_write, "LOCK_SECONDS", 0.1)
    writes = gathered(*asked(committed_page, *names))
    with holding("bea@example.com"), pytest.raises(OperationalError):
        FormWrite.carry_out(writes)
    assert not Submission.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_what_has_to_be_judged_is_stored_at_once_and_lets_the_others_go_first(committed_page):
    group = Gathered()
    [trapped, news] = asked(committed_page, "trapped", "news")
    with gathered_by(group):
        held = accept_request(trapped, Circumstances(is_trapped=True))
        told = accept_request(replace(news, consents=NEWS), HERE)
    assert (held.quarantine_reasons, told.quarantine_reasons) == (["trap"], [])
    assert Submission.objects.count() == 2
    assert (group.writes, group.finished) == ([], 2)


def test_who_asks_again_at_once_is_written_alone_after_the_others(committed_page, monkeypatch):
    """The database may refuse it, and all others with it; most that are refused are a second click."""
    monkeypatch.setattr(form_write, "LATELY_SECONDS", 10.0)
    group = Gathered()
    [ann, bea] = asked(committed_page, "ann", "bea")
    with gathered_by(group):
        accept_request(ann, HERE)
        accept_request(bea, HERE)
        # As whoever gathers does when he is told to.
        monkeypatch.setattr(group, "finish", lambda: FormWrite.carry_out(group.writes))
        again = accept_request(ann, HERE)
    assert len(group.writes) == 2
    assert (again.email, again.pk is None) == (ann.email, False)
    assert Submission.objects.count() == BrochureMessage.objects.count() == 2
    # And for a while, by whatever name the same mailbox goes.
    later = monotonic() + 10.1
    assert form_write.asks_again("Ann+news@example.com")
    monkeypatch.setattr(form_write, "monotonic", lambda: later)
    assert not form_write.asks_again("bea@example.com")


def test_who_has_asked_is_remembered_of_so_many_alone(monkeypatch):
    monkeypatch.setattr(form_write, "LATELY_SECONDS", 10.0)
    monkeypatch.setattr(form_write, "_MOST_REMEMBERED", 5)
    assert not any(form_write.asks_again(f"reader-{number}@example.com") for number in range(50))
    assert len(form_write._asked) <= 5
    assert not any("example" in str(kept) for kept in form_write._asked)


@pytest.mark.django_db
def test_within_somebodys_transaction_nothing_is_put_off():
    """Whoever undoes it undoes the request as well."""
    group = Gathered()
    request = make_request(builders.request_page())
    with gathered_by(group):
        assert accept_request(request, HERE).pk
    assert group.writes == []


@pytest.mark.django_db
def test_all_limits_of_a_request_are_counted_in_the_order_in_which_several_requests_count_them():
    request = make_request(builders.request_page(), key=uuid.uuid4())
    takings, _notes = takings_of_clean(request, HERE)
    assert tuple(limit.scope for limit, _subject in takings) == ORDER_OF_LIMITS
