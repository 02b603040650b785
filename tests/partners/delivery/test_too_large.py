"""A letter that whoever carries the mail finds too large goes without its attachment, whose link is in it anyway."""

from dataclasses import replace
from typing import Any

import pytest

from partners.delivery.attempt import Outcome
from partners.delivery.letters import Attachment
from partners.delivery.message import State
from partners.delivery.outside import Conversation, Envelope, NotAccepted, Receipt
from partners.delivery.send import send_message
from partners.delivery.smtp import carry, one_connection
from qianhai_site.local.ports import free as free_port
from tests.faults.mail_server import MailServer, Say, running_mail_server
from tests.partners.delivery.conftest import queued, use_smtp
from tests.partners.delivery.doubles import CarrierInMemory
from tests.partners.delivery.test_smtp import envelope, failure


@pytest.mark.parametrize(
    ("fault", "is_too_large"),
    [
        (Say("MAIL", "552 5.3.4 Too big"), True),
        (Say("DATA", "552 Message size exceeds maximum permitted"), True),
        (Say("RCPT", "552 5.2.2 Mailbox full"), False),
        (Say("DATA", "554 5.7.1 Blocked"), False),
    ],
)
def test_a_server_that_finds_the_message_too_large(mail_server: MailServer, fault: Say, is_too_large: bool) -> None:
    mail_server.do_next(fault)
    assert failure(envelope()).is_too_large is is_too_large


def test_a_message_beyond_what_the_server_has_announced_is_not_begun(settings: Any) -> None:
    port = free_port()
    use_smtp(settings, port)
    heavy = envelope(attachments=(Attachment("a.pdf", b"%PDF" * 5000, "application/pdf"),))
    with running_mail_server(port, largest=20_000) as server:
        error = failure(heavy)
        assert (error.outcome, error.is_too_large) == (Outcome.REFUSED, True)
        assert error.text.endswith("the mail server takes 20000.")
        assert "MAIL" not in server.reached
        assert carry(envelope(), Conversation(5)).code == 250
    with running_mail_server(port, largest=0):
        assert carry(heavy, Conversation(5)).code == 250


@pytest.mark.django_db
@pytest.mark.parametrize("at", ["MAIL", "DATA"])
def test_a_letter_that_is_too_large_goes_at_once_without_its_attachment(mail_server: MailServer, at: str) -> None:
    mail_server.do_next(Say(at, "552 5.3.4 Message too big"))
    message = queued()
    send_message(message.pk)
    [received] = mail_server.wait_for(1, 1)
    assert received.message["Message-ID"] == message.message_id
    assert list(received.message.iter_attachments()) == []
    message.refresh_from_db()
    assert message.state == State.SENT
    [attempt] = message.attempts.all()
    assert attempt.outcome == Outcome.ACCEPTED
    assert attempt.smtp_text == "2.0.0 Ok: queued as 4F2A (without the attachment, which was too large)"


@pytest.mark.django_db
def test_over_a_kept_connection_too(mail_server: MailServer) -> None:
    messages = [queued(), queued(), queued()]
    mail_server.do_by_turns(iter([None, Say("DATA", "552 5.3.4 Message too big"), None, None]))
    with one_connection():
        for message in messages:
            assert send_message(message.pk)
    received = mail_server.wait_for(3, 1)
    assert [len(list(it.message.iter_attachments())) for it in received] == [1, 0, 1]


@pytest.mark.django_db
def test_a_letter_that_is_too_large_as_it_is_fails(mail_server: MailServer) -> None:
    """Neither is it tried without end: the second refusal is the message's."""
    mail_server.do_always(Say("DATA", "552 5.3.4 Message too big"))
    message = queued()
    send_message(message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts.get().smtp_code) == (State.FAILED, 552)
    assert mail_server.reached["DATA"] == 2


@pytest.mark.django_db
def test_what_was_left_out_is_said_behind_any_words() -> None:
    class LongWinded(CarrierInMemory):
        def __call__(self, envelope: Envelope, conversation: Conversation) -> Receipt:
            return replace(super().__call__(envelope, conversation), text="x" * 500)

    message = queued()
    too_large = NotAccepted(Outcome.REFUSED, 552, "5.3.4 Too big", is_too_large=True)
    send_message(message.pk, LongWinded(failures=[too_large]))
    kept = message.attempts.get().smtp_text
    assert len(kept) == 500
    assert kept.endswith("x (without the attachment, which was too large)")
