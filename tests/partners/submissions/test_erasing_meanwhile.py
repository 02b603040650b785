"""partners/brochures/erasing.py while other things go on: letters on their way, requests coming in, parts that fail."""

import threading
import uuid
from dataclasses import replace

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from partners.brochures import intake
from partners.brochures.erasing import ERASE, erase_person, erase_requests
from partners.brochures.forgetting_run import ForgettingRun
from partners.brochures.intake import accept_request
from partners.brochures.limits import Allowance, keyed_hashes, mails_limit
from partners.brochures.message import BrochureMessage
from partners.brochures.quarantine import HELD, NotHeld, hold, mark_as_spam, release, release_when_there_is_room
from partners.brochures.sending import send_and_count
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from partners.delivery.attempt import Outcome
from partners.delivery.event import DeliveryEvent, EventKind
from partners.delivery.message import OutgoingMessage, State
from partners.delivery.outside import NotAccepted, Receipt
from partners.delivery.record_event import Report, message_key, record_event
from partners.delivery.send import send_message
from partners.submissions.resend import Erased, resend_brochure
from tests.at_once import at_once
from tests.faults.waiting import wait_until
from tests.partners.brochures.dump import found_in, whole_database
from tests.partners.brochures.test_intake import NEWS, make_request
from tests.partners.delivery.doubles import CarrierInMemory
from tests.partners.submissions.lived import ADDRESS, NAME, tells


def test_a_request_that_comes_in_meanwhile_is_erased_whole_or_not_at_all(committed_page, settings):
    page, user = committed_page
    settings.FORM_MAILBOX_PER_DAY = settings.FORM_MAILBOX_ALL_PER_DAY = 100
    request = make_request(page, email="meanwhile@example.com")

    def act(number):
        if number % 3 == 0:
            return erase_person("Meanwhile@example.com", user).requests
        accept_request(replace(request, key=uuid.uuid4()))
        return 0

    erased = sum(at_once(12, act))
    rows = Submission.objects.all()
    assert rows.count() == 8
    assert rows.filter(email="").count() == erased
    for submission in rows:
        assert {message.to for message in submission.messages.all()} == {submission.email}
    # What the limits remember is what came after the last erasure.
    counts = Allowance.objects.filter(subject__in=keyed_hashes("mailbox_all", "meanwhile@example.com"))
    assert sum(sum(row.counts) for row in counts) == rows.exclude(email="").count()


def test_an_erasure_waits_for_a_request_that_is_being_stored(committed_page):
    """While the statement that stores it waits, the last thing that it does, for a row that all requests share."""
    page, user = committed_page
    found = []
    assert mails_limit().take("")
    request = make_request(page, email="slowly@example.com")
    asks = threading.Thread(target=within_a_connection, args=[lambda: accept_request(request)])
    erases = threading.Thread(
        target=within_a_connection, args=[lambda: found.append(erase_person("Slowly+x@example.com", user).requests)]
    )
    with transaction.atomic():
        Allowance.objects.select_for_update().get(scope="mails")
        asks.start()
        wait_until(lambda: somebody_waits("transactionid"), 30, "the request waits")
        erases.start()
        wait_until(lambda: found or somebody_waits("advisory"), 30, "the erasure waits")
        assert found == []
    asks.join(30)
    erases.join(30)
    assert found == [1]
    assert Submission.objects.get().email == ""


def test_an_erasure_waits_for_a_request_that_is_stored_by_several_statements(committed_page, monkeypatch):
    page, user = committed_page
    stored, go_on, found = threading.Event(), threading.Event(), []

    def slowly(submission, counting):
        answer = send_and_count(submission, counting)
        stored.set()
        assert go_on.wait(30)
        return answer

    monkeypatch.setattr(intake, "send_and_count", slowly)
    request = replace(make_request(page, email="slowly@example.com"), consents=NEWS)
    asks = threading.Thread(target=within_a_connection, args=[lambda: accept_request(request)])
    erases = threading.Thread(
        target=within_a_connection, args=[lambda: found.append(erase_person("Slowly+x@example.com", user).requests)]
    )
    asks.start()
    assert stored.wait(30)
    erases.start()
    wait_until(lambda: found or somebody_waits("advisory"), 30, "the erasure waits")
    assert found == []
    go_on.set()
    asks.join(30)
    erases.join(30)
    assert found == [1]
    assert Submission.objects.get().email == ""


def within_a_connection(act):
    try:
        act()
    finally:
        connections.close_all()


def somebody_waits(for_what):
    # Of this database: the server has those of other tests, too. (pg_stat_activity stands still in a transaction.)
    here = "SELECT pid FROM pg_locks JOIN pg_database ON oid = database WHERE datname = current_database()"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = %s AND pid IN ({here})", [for_what]
        )
        return cursor.fetchone()[0] > 0


def test_two_who_erase_one_person_do_it_once(committed_page):
    page, user = committed_page
    accept_request(make_request(page, email="twice@example.com"))
    assert sorted(at_once(4, lambda _: erase_person("twice@example.com", user).requests)) == [0, 0, 0, 1]
    assert ModelLogEntry.objects.filter(action=ERASE, user=user).count() == 1


def test_other_parts_are_told_of_every_erasure_and_asked_beforehand(submission, desk_user, monkeypatch):
    from partners.brochures import forgetting

    monkeypatch.setattr(forgetting, "_holdings", dict(forgetting._holdings))
    told = []

    def erase(ids, address):
        told.append((list(ids), address, Submission.objects.get(pk=ids[0]).email))
        return 7

    forgetting.register_eraser("letters home", "Notes", erase, count=lambda ids, address: len(ids))
    forgetting.register_eraser("letters home", "Notes", erase)  # again, as when the site starts
    with pytest.raises(ValueError, match="letters home"):
        forgetting.register_eraser("letters home", "Notes", lambda ids, address: 0)
    run = erase_person("ADA@example.com", desk_user)
    assert told == [([submission.pk], "ADA@example.com", "ada@example.com")]
    assert run.counts["letters home"] == 7


def test_if_a_part_fails_nothing_is_erased(submission, desk_user, monkeypatch):
    from partners.brochures import forgetting

    monkeypatch.setattr(forgetting, "_holdings", dict(forgetting._holdings))

    def fail(ids, address):
        raise RuntimeError("broken")

    forgetting.register_eraser("broken", "Broken", fail)
    with pytest.raises(RuntimeError):
        erase_person(submission.email, desk_user)
    assert submission.messages.get().to == "ada@example.com"
    assert not ForgettingRun.objects.exists()


def test_many_are_erased_in_batches_and_an_interruption_is_finished_by_the_next(
    make_submission, desk_user, monkeypatch
):
    from partners.brochures import erasing

    monkeypatch.setattr(erasing, "BATCH", 3)
    all_of_them = [make_submission().pk for _ in range(8)]
    seen = []

    def fail_in_the_second(ids):
        seen.append(list(ids))
        if len(seen) == 2:
            raise RuntimeError("killed")
        return forget_rows(ids)

    forget_rows = erasing.forget_rows
    monkeypatch.setattr(erasing, "forget_rows", fail_in_the_second)
    chosen = Submission.objects.filter(pk__in=all_of_them)
    with pytest.raises(RuntimeError):
        erase_requests(chosen, desk_user)
    halves = Submission.objects.filter(pk__in=all_of_them, erased_at__isnull=False)
    assert list(halves.order_by("pk").values_list("pk", flat=True)) == all_of_them[:3]
    interrupted = ForgettingRun.objects.get()
    assert (interrupted.requests, interrupted.finished_at) == (3, None)
    whole = BrochureMessage.objects.filter(submission__in=all_of_them[3:])
    assert set(whole.values_list("state", flat=True)) == {"queued"}
    assert erase_requests(chosen, desk_user).requests == 5
    assert not BrochureMessage.objects.exclude(to="").exists()


def test_single_requests_are_erased_and_the_persons_others_stay(make_submission, desk_user):
    chosen, other = make_submission(email="ada@example.com"), make_submission(email="ada@example.com")
    run = erase_requests(Submission.objects.filter(pk=chosen.pk), desk_user)
    assert (run.requests, run.cause, run.forms) == (1, "requests", {chosen.form_title: 1})
    chosen.refresh_from_db()
    other.refresh_from_db()
    assert (chosen.email, other.email) == ("", "ada@example.com")
    assert other.messages.get().state == State.QUEUED


def test_a_held_request_is_decided_by_being_erased(make_submission, desk_user):
    held = make_submission(sent=False)
    hold(held, [Sign.BUSY_HOUR])
    erase_requests(Submission.objects.filter(pk=held.pk), desk_user)
    assert not Submission.objects.filter(HELD).exists()
    assert release_when_there_is_room() == 0
    for decide in (release, mark_as_spam):
        with pytest.raises(NotHeld):
            decide(held, desk_user)
    assert not held.messages.exists()


def test_an_erased_request_cannot_be_sent_again(submission, desk_user):
    letter = submission.messages.get()
    erase_person(submission.email, desk_user)
    with pytest.raises(Erased):
        resend_brochure(submission, desk_user, seen=letter.pk)
    assert submission.messages.count() == 1


def test_a_letter_that_waits_is_called_back_and_never_tried_again(submission, desk_user):
    letter = submission.messages.get()
    erase_person(submission.email, desk_user)
    letter.refresh_from_db()
    assert (letter.state, letter.to, letter.due_at) == (State.CANCELLED, "", None)
    assert letter.closed_at is not None
    carrier = CarrierInMemory()
    assert send_message(letter.pk, carrier) is False
    assert carrier.carried == []
    assert not OutgoingMessage.objects.open().exists()


@pytest.mark.parametrize("ending", ["accepted", "refused", "unreachable"])
def test_a_letter_on_its_way_does_not_bring_the_address_back(submission, desk_user, ending):
    letter = submission.messages.get()

    def carry(envelope, conversation):
        erase_person(submission.email, desk_user)
        if ending == "accepted":
            return Receipt(250, f"Ok {envelope.to}", provider_id=envelope.to)
        outcome = Outcome.REFUSED if ending == "refused" else Outcome.UNREACHABLE
        raise NotAccepted(outcome, 550, f"{envelope.to} of Ada Reader")

    assert send_message(letter.pk, carry) is True
    letter.refresh_from_db()
    assert (letter.state, letter.to, letter.provider_id, letter.last_error) == (State.CANCELLED, "", "", "")
    assert not letter.attempts.exists()
    assert found_in(whole_database(), "ada@example.com", "Ada Reader") == []


def test_a_letter_that_is_built_too_late_is_not_sent(submission, desk_user, monkeypatch):
    from partners.brochures import letters
    from partners.delivery import send

    built = send.build_letter

    def forget_first(message):
        erase_person(submission.email, desk_user)
        return built(message)

    monkeypatch.setattr(send, "build_letter", forget_first)
    carrier = CarrierInMemory()
    letter = submission.messages.get()
    send_message(letter.pk, carrier)
    assert carrier.carried == []
    assert letters  # the builder is registered
    letter.refresh_from_db()
    assert letter.state == State.CANCELLED


def test_a_late_report_of_the_provider_is_not_known_any_more(lived, desk_user):
    letter = lived[0].messages.get()
    key, provider_id = message_key(letter.message_id), letter.provider_id
    erase_person(ADDRESS, desk_user)
    for naming in ({"key": key}, {"provider_id": provider_id}, {"provider_id": letter.message_id}):
        report = Report("postmark", str(uuid.uuid4()), EventKind.COMPLAINED, timezone.now(), text=NAME, **naming)
        assert record_event(report) is False
    assert DeliveryEvent.objects.filter(message=letter).count() == 1
    assert tells(whole_database()) == []
