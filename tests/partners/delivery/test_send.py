"""One attempt, from the claim to the record."""

import logging
import threading
import uuid
from typing import Any

import pytest
from django.db import ProgrammingError

from partners.delivery import send, smtp
from partners.delivery.attempt import Outcome
from partners.delivery.claim import claim_message
from partners.delivery.lease import LeaseKeeper
from partners.delivery.letters import LetterCannotBeBuilt
from partners.delivery.message import OutgoingMessage, State, in_seconds
from partners.delivery.outside import Conversation, Envelope, NotAccepted, Receipt
from partners.delivery.send import send_message
from partners.delivery.smtp import one_connection
from qianhai_site.local.ports import free as free_port
from tests.faults import letters
from tests.faults.mail_server import MailServer, Say
from tests.partners.delivery.conftest import queued, use_smtp
from tests.partners.delivery.doubles import CarrierInMemory

ADDRESS = "reader@example.com"


def make_due(message: OutgoingMessage) -> None:
    """Behave as if the wait before the next attempt were over."""
    OutgoingMessage.objects.filter(pk=message.pk, state=State.QUEUED).update(due_at=in_seconds(-1))


@pytest.mark.usefixtures("committed")
def test_a_message_is_sent_with_no_transaction_open() -> None:
    message, carrier = queued(), CarrierInMemory()
    assert send_message(message.pk, carrier)
    message.refresh_from_db()
    assert message.state == State.SENT
    [envelope] = carrier.carried
    assert (envelope.to, envelope.message_id) == (ADDRESS, message.message_id)
    assert carrier.in_transaction == [False]
    [attempt] = message.attempts.all()
    assert (attempt.number, attempt.outcome, attempt.smtp_code) == (1, Outcome.ACCEPTED, 250)
    assert attempt.smtp_text == "Ok: queued as 4F2A"
    assert attempt.worker == send.worker_name()


@pytest.mark.django_db
def test_a_message_is_sent_once() -> None:
    message, carrier = queued(), CarrierInMemory()
    assert send_message(message.pk, carrier)
    assert not send_message(message.pk, carrier)
    assert len(carrier.carried) == 1


@pytest.mark.django_db
def test_a_retry_waits_and_has_the_same_message_id() -> None:
    message = queued()
    carrier = CarrierInMemory(failures=[NotAccepted(Outcome.DEFERRED, 451, "Later")])
    assert send_message(message.pk, carrier)
    before = message.message_id
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.QUEUED, "451 Later")
    assert 3 < (OutgoingMessage.objects.seconds_to_next_due() or 0) < 7, "5 s, varied by 20%"
    assert not send_message(message.pk, carrier), "it is not due"
    make_due(message)
    assert send_message(message.pk, carrier)
    assert [envelope.message_id for envelope in carrier.carried] == [before]
    assert list(message.attempts.values_list("number", "outcome")) == [(1, "deferred"), (2, "accepted")]


@pytest.mark.django_db
def test_a_refused_address_ends_at_once() -> None:
    message = queued()
    send_message(message.pk, CarrierInMemory(failures=[NotAccepted(Outcome.REFUSED, 550, "No such mailbox")]))
    message.refresh_from_db()
    assert message.state == State.FAILED
    assert message.last_error.endswith("550 No such mailbox")


@pytest.mark.django_db
def test_a_letter_that_cannot_be_built_fails_after_three_tries_and_holds_nobody_up() -> None:
    poison, other, carrier = queued(kind=letters.UNBUILDABLE_KIND), queued(), CarrierInMemory()
    for _ in range(3):
        make_due(poison)
        assert send_message(poison.pk, carrier)
    poison.refresh_from_db()
    assert poison.state == State.FAILED
    assert "The file is missing." in poison.last_error
    assert poison.attempts.count() == 3
    assert send_message(other.pk, carrier)
    assert [envelope.message_id for envelope in carrier.carried] == [other.message_id]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        OSError(5, "Input/output error"),
        MemoryError(),
        # What the tables of another release answer.
        ProgrammingError("column does not exist"),
        LetterCannotBeBuilt("The file is not there.", may_pass=True),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_letter_goes_as_soon_as_what_it_lacked_is_back(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(message: OutgoingMessage) -> None:
        raise error

    message, carrier = queued(), CarrierInMemory()
    with monkeypatch.context() as patch:
        patch.setattr(send, "build_letter", fail)
        for _ in range(8):
            make_due(message)
            assert send_message(message.pk, carrier)
    make_due(message)
    assert send_message(message.pk, carrier)
    assert len(carrier.carried) == 1


@pytest.mark.django_db
def test_a_letter_of_a_kind_that_this_worker_does_not_know_waits_for_another() -> None:
    message = queued(kind="of the next version")
    for _ in range(4):
        make_due(message)
        send_message(message.pk, CarrierInMemory())
    message.refresh_from_db()
    assert message.state == State.QUEUED


@pytest.mark.django_db
def test_building_has_its_own_count_of_tries() -> None:
    """A file store that is away for a moment after a day of a silent mail server must not end the message."""
    message = queued()
    failures = [NotAccepted(Outcome.TIMEOUT) for _ in range(5)]
    carrier = CarrierInMemory(failures=[*failures, NotAccepted(Outcome.UNBUILDABLE, text="away")])
    for _ in range(6):
        make_due(message)
        send_message(message.pk, carrier)
    message.refresh_from_db()
    assert message.state == State.QUEUED


@pytest.mark.django_db
def test_an_unforeseen_error_in_a_builder_tells_the_desk_its_type_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(message: OutgoingMessage) -> None:
        raise KeyError(ADDRESS)

    monkeypatch.setattr(send, "build_letter", explode)
    message = queued()
    send_message(message.pk, CarrierInMemory())
    message.refresh_from_db()
    assert message.last_error == "KeyError"


@pytest.mark.django_db
def test_a_stale_workers_late_outcome_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    message = queued()

    class SlowCarrier(CarrierInMemory):
        """Is so slow that another worker takes over in the meantime."""

        def __call__(self, envelope: Envelope, conversation: Conversation) -> Receipt:
            OutgoingMessage.objects.filter(pk=message.pk).update(lease_until=in_seconds(-1))
            assert claim_message(message.pk, "there:2") is not None
            return super().__call__(envelope, conversation)

    send_message(message.pk, SlowCarrier())
    message.refresh_from_db()
    assert (message.state, message.worker) == (State.SENDING, "there:2")
    assert list(message.attempts.values_list("number", "outcome")) == [(1, "abandoned")]
    assert "another worker has taken over" in caplog.text


@pytest.mark.django_db
def test_a_stale_workers_late_failure_changes_nothing() -> None:
    message = queued()

    class SlowCarrier(CarrierInMemory):
        def __call__(self, envelope: Envelope, conversation: Conversation) -> Receipt:
            OutgoingMessage.objects.filter(pk=message.pk).update(lease_until=in_seconds(-1))
            assert claim_message(message.pk, "there:2") is not None
            raise NotAccepted(Outcome.REFUSED, 550, "No")

    send_message(message.pk, SlowCarrier())
    message.refresh_from_db()
    assert (message.state, message.worker) == (State.SENDING, "there:2")


@pytest.mark.usefixtures("committed")
def test_the_lease_is_renewed_while_a_server_takes_its_time(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DELIVERY_LEASE_SECONDS = 0.3
    monkeypatch.setattr(send, "keeper", LeaseKeeper())
    message = queued()

    class SlowCarrier(CarrierInMemory):
        def __call__(self, envelope: Envelope, conversation: Conversation) -> Receipt:
            threading.Event().wait(1.0)
            assert not OutgoingMessage.objects.claimable().filter(pk=message.pk).exists()
            return super().__call__(envelope, conversation)

    carrier = SlowCarrier()
    send_message(message.pk, carrier)
    assert len(carrier.carried) == 1


@pytest.mark.usefixtures("committed")
def test_a_lost_lease_ends_the_conversation(settings: Any) -> None:
    settings.DELIVERY_LEASE_SECONDS = 0.1
    conversation = Conversation(5)
    with LeaseKeeper().hold(uuid.uuid4(), conversation):
        pause = threading.Event()
        for _ in range(200):
            if conversation.ended is not None:
                break
            pause.wait(0.02)
    assert conversation.ended is not None
    assert conversation.ended.text == "Another worker has taken over."


@pytest.mark.django_db
def test_no_line_of_the_log_names_the_recipient(caplog: pytest.LogCaptureFixture, mail_server: MailServer) -> None:
    caplog.set_level(logging.DEBUG)
    mail_server.do_next(Say("RCPT", f"451 <{ADDRESS}> later"), Say("RCPT", f"550 <{ADDRESS}> unknown"))
    for _ in range(2):
        message = queued(to=ADDRESS)
        send_message(message.pk)
    send_message(queued(to=ADDRESS).pk)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("partners.")]
    assert len(lines) >= 3
    assert not [line for line in lines if ADDRESS in line]
    assert not OutgoingMessage.objects.filter(last_error__contains=ADDRESS).exists()


@pytest.mark.django_db
def test_through_a_real_mail_server(mail_server: MailServer) -> None:
    message = queued()
    send_message(message.pk)
    [received] = mail_server.wait_for(1, 1)
    assert received.message["Message-ID"] == message.message_id
    message.refresh_from_db()
    assert message.state == State.SENT


@pytest.mark.django_db
def test_no_letter_is_built_for_a_mail_server_that_is_not_there(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []
    monkeypatch.setattr(send, "build_letter", lambda message: built.append(message.pk))
    use_smtp(settings, free_port())
    message = queued()
    with one_connection():
        assert send_message(message.pk)
    message.refresh_from_db()
    [attempt] = message.attempts.all()
    assert (message.state, attempt.outcome, built) == (State.QUEUED, Outcome.UNREACHABLE, [])


@pytest.mark.django_db
def test_the_connection_that_was_opened_for_a_letter_carries_it_and_the_next(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailers, made = smtp._mailer, list[Any]()

    def counted() -> Any:
        made.append(mailers())
        return made[-1]

    monkeypatch.setattr(smtp, "_mailer", counted)
    first, second = queued(), queued()
    with one_connection():
        assert send_message(first.pk)
        assert send_message(second.pk)
    assert len(mail_server.received) == 2
    assert len(made) == 1


@pytest.mark.django_db
def test_a_server_that_hangs_up_on_a_new_connection_is_not_asked_twice(mail_server: MailServer) -> None:
    mail_server.do_next(Say("MAIL", "421 Closing", closes=True))
    message = queued()
    with one_connection():
        assert send_message(message.pk)
    assert mail_server.reached["MAIL"] == 1
    message.refresh_from_db()
    assert message.attempts.get().smtp_code == 421
