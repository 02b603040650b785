"""What providers report moves a message forwards, and never backwards."""

import itertools
import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from partners.delivery.attempt import AppendOnlyError, Outcome
from partners.delivery.claim import claim_message
from partners.delivery.event import DeliveryEvent, EventKind
from partners.delivery.message import OutgoingMessage, State
from partners.delivery.outside import NotAccepted, Receipt
from partners.delivery.record import record_accepted, record_failure
from partners.delivery.record_event import Report, message_key, record_event
from partners.delivery.said import as_kept
from partners.delivery.transitions import mark_bounced, mark_complained, mark_delivered
from tests.partners.delivery.conftest import queued

WHEN = datetime(2026, 11, 20, 13, 28, 10, tzinfo=UTC)
RANKS = [State.SENT, State.DELIVERED, State.BOUNCED, State.COMPLAINED]
PROVIDER_ID = "b7bc2f4a-e38e-4336-af7d-e6c392c2f817"
_numbers = itertools.count()


def in_state(state: str, **fields: Any) -> OutgoingMessage:
    """Return a message in `state`."""
    message = queued()
    released = {"due_at": None, "claim_token": None, "claimed_at": None, "lease_until": None, "worker": ""}
    now = timezone.now()
    columns: dict[str, Any] = {
        State.QUEUED: {"due_at": now},
        State.SENDING: {
            "claim_token": uuid.uuid4(),
            "claimed_at": now,
            "lease_until": now,
            "worker": "here:1",
            "attempts_count": 1,
        },
        State.FAILED: {"closed_at": now},
        State.CANCELLED: {"closed_at": now},
    }.get(State(state), {"sent_at": now, "closed_at": now, "attempts_count": 1})
    OutgoingMessage.objects.filter(pk=message.pk).update(state=state, **{**released, **columns, **fields})
    message.refresh_from_db()
    return message


def report(about: OutgoingMessage | None, kind: EventKind, **fields: Any) -> Report:
    """Return a report of `kind` that no other was."""
    values: dict[str, Any] = {
        "provider": "Postmark",
        "event_id": f"event {next(_numbers)}",
        "occurred_at": WHEN,
        "key": message_key(about.message_id) if about else "",
        **fields,
    }
    return Report(kind=kind, **values)


def state_of(message: OutgoingMessage) -> str:
    return OutgoingMessage.objects.values_list("state", flat=True).get(pk=message.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize(
    ("mark", "to"),
    [
        (mark_delivered, State.DELIVERED),
        (lambda pk: mark_bounced(pk, "550 No such user"), State.BOUNCED),
        (mark_complained, State.COMPLAINED),
    ],
)
def test_a_report_moves_only_what_was_accepted_and_only_upwards(mark: Any, to: State, state: str) -> None:
    message = in_state(state)
    moves = state in RANKS and RANKS.index(State(state)) < RANKS.index(to)
    assert mark(message.pk) is moves
    assert state_of(message) == (to if moves else state)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kinds",
    [order for length in (1, 2, 3) for order in itertools.permutations(["delivered", "bounced", "complained"], length)],
)
def test_events_in_any_order_and_doubled_end_in_the_highest(kinds: tuple[str, ...]) -> None:
    message = in_state(State.SENT)
    reports = [report(message, EventKind(kind)) for kind in kinds]
    for one in [*reports, *reports]:
        assert record_event(one)
    assert state_of(message) == max(kinds, key=lambda kind: RANKS.index(State(kind)))
    assert message.events.count() == len(kinds)


@pytest.mark.django_db
def test_a_bounce_says_why() -> None:
    message = in_state(State.DELIVERED)
    record_event(report(message, EventKind.BOUNCED, text="550 5.1.1\n<Reader@Example.com>: unknown"))
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.BOUNCED, "550 5.1.1 <<address>>: unknown")
    event = message.events.get()
    assert (event.kind, event.provider, event.occurred_at) == ("bounced", "Postmark", WHEN)
    assert event.text == "550 5.1.1 <<address>>: unknown"
    assert abs(event.received_at - timezone.now()) < timedelta(minutes=1)


@pytest.mark.django_db
def test_a_delay_moves_nothing_and_is_kept() -> None:
    message = in_state(State.SENT)
    assert record_event(report(message, EventKind.DEFERRED, text="451 Greylisted"))
    assert state_of(message) == State.SENT
    assert message.events.get().text == "451 Greylisted"


@pytest.mark.django_db
def test_the_same_event_id_of_two_providers_is_two_events() -> None:
    message = in_state(State.SENT)
    for provider in ("Postmark", "Mailgun", "Mailgun"):
        record_event(report(message, EventKind.DELIVERED, provider=provider, event_id="42"))
    assert sorted(message.events.values_list("provider", flat=True)) == ["Mailgun", "Postmark"]


@pytest.mark.django_db
def test_a_message_is_found_by_key_then_by_the_providers_id_then_by_its_message_id() -> None:
    by_key, by_id, by_message_id = (in_state(State.SENT) for _ in range(3))
    OutgoingMessage.objects.filter(pk=by_id.pk).update(provider_id=PROVIDER_ID)
    assert record_event(report(by_key, EventKind.DELIVERED, provider_id=PROVIDER_ID))
    assert (state_of(by_key), state_of(by_id)) == (State.DELIVERED, State.SENT)
    assert record_event(report(None, EventKind.DELIVERED, provider_id=PROVIDER_ID))
    assert record_event(report(None, EventKind.DELIVERED, provider_id=by_message_id.message_id))
    assert (state_of(by_id), state_of(by_message_id)) == (State.DELIVERED, State.DELIVERED)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "%", "_" * 32, "0" * 32, "%" + "0" * 31, "x" * 5000])
def test_an_unknown_message_is_nobodys(key: str) -> None:
    message = in_state(State.SENT)
    assert not record_event(report(None, EventKind.BOUNCED, key=key, provider_id="nobody's"))
    assert state_of(message) == State.SENT
    assert not DeliveryEvent.objects.exists()


@pytest.mark.django_db
def test_an_event_that_comes_before_our_own_record_counts_with_it() -> None:
    message = queued()
    claim = claim_message(message.pk, "here:1")
    assert claim is not None
    record_event(report(message, EventKind.DELIVERED))
    record_event(report(message, EventKind.BOUNCED, text="550 No such user"))
    record_event(report(message, EventKind.DEFERRED))
    assert state_of(message) == State.SENDING
    assert record_accepted(claim.message, claim.token, Receipt(provider_id=PROVIDER_ID), timedelta(seconds=1))
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.BOUNCED, "550 No such user")
    assert message.provider_id == PROVIDER_ID


@pytest.mark.django_db
def test_an_event_of_an_attempt_whose_answer_was_lost_does_not_stop_the_next() -> None:
    message = queued()
    claim = claim_message(message.pk, "here:1")
    assert claim is not None
    record_failure(claim.message, claim.token, NotAccepted(Outcome.TIMEOUT), timedelta(seconds=1))
    record_event(report(message, EventKind.DELIVERED))
    assert state_of(message) == State.QUEUED


@pytest.mark.usefixtures("committed")
def test_no_event_is_lost_between_its_arrival_and_our_record() -> None:
    """The record waits for an event in the making, and an event for the record: in either order both count."""
    for _ in range(20):
        message = queued()
        claim = claim_message(message.pk, "here:1")
        assert claim is not None
        start = threading.Barrier(2)

        def hear(about: OutgoingMessage = message, start: threading.Barrier = start) -> None:
            try:
                start.wait(5)
                record_event(report(about, EventKind.DELIVERED))
            finally:
                connection.close()

        hearing = threading.Thread(target=hear)
        hearing.start()
        start.wait(5)
        record_accepted(claim.message, claim.token, Receipt(provider_id=PROVIDER_ID), timedelta(seconds=1))
        hearing.join(10)
        assert state_of(message) == State.DELIVERED


@pytest.mark.django_db
def test_events_are_never_changed() -> None:
    message = in_state(State.SENT)
    record_event(report(message, EventKind.DELIVERED))
    event = message.events.get()
    with pytest.raises(AppendOnlyError):
        event.save()
    with pytest.raises(AppendOnlyError):
        message.events.update(text="x")
    message.delete()
    assert not DeliveryEvent.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"kind": "opened"}, {"provider": ""}, {"event_id": ""}])
def test_the_database_refuses_what_is_no_event(wrong: dict[str, str]) -> None:
    values = {"kind": "delivered", "provider": "Postmark", "event_id": "1", "occurred_at": WHEN, **wrong}
    message = in_state(State.SENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryEvent.objects.create(message=message, **values)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.QUEUED, State.SENDING, State.FAILED, State.CANCELLED])
def test_the_database_refuses_a_providers_id_of_what_no_provider_took(state: State) -> None:
    message = in_state(state)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMessage.objects.filter(pk=message.pk).update(provider_id=PROVIDER_ID)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("550 <reader@example.com>: unknown", "550 <<address>>: unknown"),
        ("to READER@例子.测试, forwarded to 'x+y@z.example'.", "to <address>, forwarded to '<address>'."),
        ("<reader=example.com@list.example>", "<<address>>"),
        ("550 <ada@xn--bcher-kva.de> forwarded to <ada.p@other.example>", "550 <<address>> forwarded to <<address>>"),
        ('550 <"ada \\" x"@example.com>, or ada@[127.0.0.1]', "550 <<address>>, or <address>"),
        ('"no" said "ada lovelace"@example.com', '"no" said <address>'),
        ("two\r\n lines\0", "two lines"),
        ("half \ud800 a character", "half ? a character"),
        ("<" + "ada" * 200 + "@example.com>", "<<address>>"),
        ("x" * 900, "x" * 500),
        ("at 5 @ noon", "at 5 @ noon"),
    ],
)
def test_what_is_kept_of_what_is_said(text: str, kept: str) -> None:
    assert as_kept(text) == kept
