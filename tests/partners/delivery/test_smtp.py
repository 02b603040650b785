"""Speaking SMTP with a real server: what it is sent, and what its faults mean."""

import socket
import threading
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from partners.delivery.attempt import Outcome
from partners.delivery.letters import Attachment, Letter
from partners.delivery.outside import Conversation, Envelope, NotAccepted, Receipt
from partners.delivery.smtp import carry
from qianhai_site.local.ports import free as free_port
from tests.faults.mail_server import (
    Drip,
    FallSilent,
    LoseReply,
    MailServer,
    Say,
    authority,
    running_mail_server,
)
from tests.partners.delivery.conftest import use_smtp
from tests.partners.delivery.hosts import drip, host_that, stay_silent

MESSAGE_ID = "<0123456789abcdef@qianhai.example>"


def envelope(to: str = "reader@example.com", **letter: Any) -> Envelope:
    """Return an envelope with a small letter in it."""
    words = {"subject": "Your brochure: 前海", "text": "Dear reader, 你好.", "html": "<p>Dear reader, 你好.</p>"}
    return Envelope(to=to, message_id=MESSAGE_ID, letter=Letter(**{**words, **letter}))


def failure(sent: Envelope, seconds: float = 5.0) -> NotAccepted:
    """Return the failure of carrying `sent` within `seconds`."""
    with pytest.raises(NotAccepted) as raised:
        carry(sent, Conversation(seconds))
    return raised.value


def test_the_mail_that_arrives(mail_server: MailServer) -> None:
    pdf = b"%PDF-1.7\n" + bytes(range(256)) * 40
    sent = envelope(attachments=(Attachment("前海 brochure.pdf", pdf, "application/pdf"),), headers={"X-Note": "yes"})
    assert carry(sent, Conversation(5)) == Receipt(250, "2.0.0 Ok: queued as 4F2A")
    [received] = mail_server.wait_for(1, 1)
    message = received.message
    assert received.sender == "hello@qianhai.example"
    assert received.recipient == "reader@example.com"
    assert message["Subject"] == "Your brochure: 前海"
    assert message["From"] == "Qianhai <hello@qianhai.example>"
    assert message["To"] == "reader@example.com"
    assert message["Reply-To"] == "desk@qianhai.example"
    assert message["Message-ID"] == MESSAGE_ID
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Note"] == "yes"
    assert message["Date"]
    body = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert body is not None
    assert html is not None
    assert body.get_content().strip() == "Dear reader, 你好."
    assert html.get_content().strip() == "<p>Dear reader, 你好.</p>"
    [attachment] = message.iter_attachments()
    assert attachment.get_filename() == "前海 brochure.pdf"
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_content() == pdf


def test_a_letter_cannot_replace_the_headers_of_every_mail(mail_server: MailServer) -> None:
    carry(envelope(headers={"Message-ID": "<other@x>", "Auto-Submitted": "no"}), Conversation(5))
    [received] = mail_server.wait_for(1, 1)
    assert received.message.get_all("Message-ID") == [MESSAGE_ID]
    assert received.message.get_all("Auto-Submitted") == ["auto-generated"]


@pytest.mark.parametrize(
    ("fault", "outcome", "code", "text"),
    [
        (Say("RCPT", "451 4.7.1 Greylisted"), Outcome.DEFERRED, 451, "4.7.1 Greylisted"),
        (Say("MAIL", "421 4.3.2 Shutting down"), Outcome.DEFERRED, 421, "4.3.2 Shutting down"),
        (Say("RCPT", "421 4.3.2 Shutting down"), Outcome.DEFERRED, 421, "4.3.2 Shutting down"),
        (Say("DATA", "452 4.3.1 Disk full"), Outcome.DEFERRED, 452, "4.3.1 Disk full"),
        (Say("RCPT", "550 5.1.1 No such mailbox"), Outcome.REFUSED, 550, "5.1.1 No such mailbox"),
        (Say("RCPT", "552 5.2.2 Mailbox full"), Outcome.REFUSED, 552, "5.2.2 Mailbox full"),
        (Say("DATA", "554 5.7.1 Blocked"), Outcome.REFUSED, 554, "5.7.1 Blocked"),
        (Say("MAIL", "552 5.3.4 Too big"), Outcome.REFUSED, 552, "5.3.4 Too big"),
        (Say("MAIL", "530 5.7.0 Log in first"), Outcome.MISCONFIGURED, 530, "5.7.0 Log in first"),
        (Say("RCPT", "hello there"), Outcome.DISCONNECTED, None, "o there"),
    ],
)
def test_what_a_server_says(mail_server: MailServer, fault: Say, outcome: Outcome, code: int | None, text: str) -> None:
    mail_server.do_next(fault)
    error = failure(envelope())
    assert (error.outcome, error.code, error.text) == (outcome, code, text)
    assert mail_server.received == []


def test_no_address_is_kept_with_a_refusal(mail_server: MailServer) -> None:
    mail_server.do_next(Say("RCPT", "550 5.1.1 <ada@xn--bcher-kva.de>, forwarded to <a.private@other.example>: none"))
    error = failure(envelope(to="ada@bücher.de"))
    assert error.text == "5.1.1 <<address>>, forwarded to <<address>>: none"


def test_neither_an_address_nor_what_no_database_takes_is_kept_with_a_receipt(mail_server: MailServer) -> None:
    mail_server.do_next(Say("DATA", "250 2.0.0 to <reader@example.com>\0 as 4F2A"))
    assert carry(envelope(), Conversation(5)).text == "2.0.0 to <<address>> as 4F2A"


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_silent_server_is_left_by_the_sockets_timeout(settings: Any, mail_server: MailServer, command: str) -> None:
    use_smtp(settings, mail_server.port, timeout=0.3)
    mail_server.do_next(FallSilent(command))
    started = monotonic()
    assert failure(envelope(), seconds=5).outcome is Outcome.TIMEOUT
    assert monotonic() - started < 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_dripping_server_is_left_at_the_deadline(mail_server: MailServer, command: str) -> None:
    mail_server.do_next(Drip(command))
    started = monotonic()
    error = failure(envelope(), seconds=0.5)
    assert (error.outcome, error.text) == (Outcome.TIMEOUT, "The conversation took too long.")
    assert 0.4 < monotonic() - started < 2


@pytest.mark.parametrize("does", [stay_silent, drip])
@pytest.mark.parametrize("options", [{}, {"use_ssl": True}, {"use_tls": True}])
def test_the_deadline_holds_before_the_first_word(settings: Any, does: Any, options: dict[str, bool]) -> None:
    with host_that(does) as port:
        use_smtp(settings, port, **options)
        started = monotonic()
        error = failure(envelope(), seconds=0.4)
        assert monotonic() - started < 2
        # TLS notices at once that a dripping server does not speak it.
        assert error.outcome in {Outcome.TIMEOUT, Outcome.MISCONFIGURED}


def test_another_thread_can_end_the_conversation(mail_server: MailServer) -> None:
    mail_server.do_next(FallSilent("DATA"))
    conversation = Conversation(5)

    def end_when_silent() -> None:
        mail_server.wait_until(lambda server: server.reached.get("DATA") == 1, 2)
        conversation.end(Outcome.ABANDONED, "The worker was stopped.")

    ending = threading.Thread(target=end_when_silent)
    ending.start()
    started = monotonic()
    with pytest.raises(NotAccepted) as raised:
        carry(envelope(), conversation)
    ending.join()
    assert raised.value.outcome is Outcome.ABANDONED
    assert monotonic() - started < 2


def test_a_conversation_that_was_ended_does_not_begin(mail_server: MailServer) -> None:
    conversation = Conversation(5)
    conversation.end(Outcome.ABANDONED, "The worker was stopped.")
    with pytest.raises(NotAccepted) as raised:
        carry(envelope(), conversation)
    assert raised.value.outcome is Outcome.ABANDONED
    assert mail_server.reached == {}


def test_a_lost_reply_is_no_receipt(mail_server: MailServer) -> None:
    mail_server.do_next(LoseReply())
    assert failure(envelope()).outcome is Outcome.DISCONNECTED
    assert len(mail_server.received) == 1


def test_nobody_listens(settings: Any) -> None:
    use_smtp(settings, free_port())
    assert failure(envelope()).outcome is Outcome.UNREACHABLE


def test_a_host_without_an_address(settings: Any) -> None:
    use_smtp(settings, 25, host="mail.invalid")
    assert failure(envelope()).outcome is Outcome.UNREACHABLE


def test_quit_cannot_unsend_a_message(settings: Any) -> None:
    """The server accepts, then never answers QUIT: the message was accepted all the same, and soon enough."""

    def accept_and_fall_silent(connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        connection.sendall(b"220 mail.test\r\n")
        for line in lines:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                connection.sendall(b"354 Go on\r\n")
                for text in lines:
                    if text == b".\r\n":
                        break
                connection.sendall(b"250 Taken\r\n")
            elif word != b"QUIT":
                connection.sendall(b"250 Fine\r\n")

    with host_that(accept_and_fall_silent) as port:
        use_smtp(settings, port)
        started = monotonic()
        assert carry(envelope(), Conversation(5)) == Receipt(250, "Taken")
        assert monotonic() - started < 3


def test_an_address_with_a_chinese_domain_is_written_in_ascii(mail_server: MailServer) -> None:
    carry(envelope(to="reader@例子.测试"), Conversation(5))
    [received] = mail_server.wait_for(1, 1)
    assert received.recipient == "reader@xn--fsqu00a.xn--0zwm56d"
    assert received.message["To"] == "reader@xn--fsqu00a.xn--0zwm56d"
    assert "SMTPUTF8" not in received.mail_options


def test_a_chinese_name_before_the_at_goes_with_smtputf8(mail_server: MailServer) -> None:
    carry(envelope(to="读者@例子.测试"), Conversation(5))
    [received] = mail_server.wait_for(1, 1)
    assert received.recipient == "读者@例子.测试"
    assert "SMTPUTF8" in received.mail_options
    assert str(received.message["To"]) == "读者@例子.测试"


def test_a_chinese_name_before_the_at_where_the_server_cannot(settings: Any) -> None:
    port = free_port()
    use_smtp(settings, port)
    with running_mail_server(port, utf8=False) as server:
        error = failure(envelope(to="读者@example.com"))
        assert error.outcome is Outcome.BAD_ADDRESS
        assert "读者" not in error.text
        assert server.received == []


@pytest.mark.parametrize("to", ["no address", "a@b@c", "x@example.com\r\nBcc: y@example.com", f"x@{'长' * 80}.cn"])
def test_what_is_no_address(mail_server: MailServer, to: str) -> None:
    assert failure(envelope(to=to)).outcome is Outcome.BAD_ADDRESS
    assert mail_server.received == []


def test_a_subject_cannot_smuggle_a_header(mail_server: MailServer) -> None:
    assert failure(envelope(subject="Hello\r\nBcc: y@example.com")).outcome is Outcome.UNBUILDABLE
    assert mail_server.received == []


def test_tls_from_the_first_byte(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    trusted = tmp_path / "authority.pem"
    authority().cert_pem.write_to_path(trusted)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    port = free_port()
    use_smtp(settings, port, use_ssl=True)
    with running_mail_server(port, tls=True) as server:
        assert carry(envelope(), Conversation(5)).code == 250
        server.do_next(Drip("DATA"))
        assert failure(envelope(), seconds=0.5).text == "The conversation took too long."


def test_a_certificate_that_nobody_vouches_for(settings: Any) -> None:
    port = free_port()
    use_smtp(settings, port, use_ssl=True)
    with running_mail_server(port, tls=True) as server:
        assert failure(envelope()).outcome is Outcome.MISCONFIGURED
        assert server.received == []


def test_tls_is_not_given_up_where_the_server_lacks_it(settings: Any, mail_server: MailServer) -> None:
    use_smtp(settings, mail_server.port, use_tls=True)
    assert failure(envelope()).outcome is Outcome.MISCONFIGURED
    assert mail_server.received == []


def test_a_mailer_that_is_not_smtp(settings: Any) -> None:
    from django.core import mail

    settings.MAILERS = {"carrier": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    assert carry(envelope(), Conversation(5)) == Receipt(None, "")
    assert mail.outbox[-1].to == ["reader@example.com"]
