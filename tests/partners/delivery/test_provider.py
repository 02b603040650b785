"""Handing letters to a provider's API: what it is sent, and what its answers and its faults mean."""

import email
import email.policy
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
import trustme

from partners.delivery import carrier
from partners.delivery.attempt import Outcome
from partners.delivery.letters import Attachment
from partners.delivery.message import OutgoingMessage, State
from partners.delivery.outside import Conversation, NotAccepted, Receipt
from partners.delivery.provider import KEY_NAME, outcome_of_answer
from partners.delivery.send import send_message
from qianhai_site.local.ports import free as free_port
from tests.partners.delivery.conftest import queued
from tests.partners.delivery.hosts import host_that, stay_silent
from tests.partners.delivery.provider_server import (
    Answer,
    Drip,
    FallSilent,
    HangUp,
    ProviderServer,
    running_provider,
)
from tests.partners.delivery.providers import use_provider
from tests.partners.delivery.test_send import make_due
from tests.partners.delivery.test_smtp import MESSAGE_ID, envelope

KEY = MESSAGE_ID.strip("<>").partition("@")[0]
POSTMARK_ID = "b7bc2f4a-e38e-4336-af7d-e6c392c2f817"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


def postmark_takes(to: str = "reader@example.com") -> Answer:
    """Return what Postmark says to a message that it takes."""
    return Answer(
        body={
            "To": to,
            "SubmittedAt": "2026-11-20T13:28:10.2735393-04:00",
            "MessageID": POSTMARK_ID,
            "ErrorCode": 0,
            "Message": "OK",
        }
    )


def postmark_refuses(code: int, text: str) -> Answer:
    """Return what Postmark says to a message that it does not take."""
    return Answer(422, {"ErrorCode": code, "Message": text})


@pytest.fixture
def postmark(settings: Any) -> Iterator[ProviderServer]:
    """Let Postmark carry the mail, which takes everything until told otherwise."""
    with running_provider(postmark_takes()) as provider:
        use_provider(settings, "postmark", provider.url)
        yield provider


@pytest.fixture
def mailgun(settings: Any) -> Iterator[ProviderServer]:
    """Let Mailgun carry the mail, which takes everything until told otherwise."""
    with running_provider(Answer(body={"id": MESSAGE_ID, "message": "Queued. Thank you."})) as provider:
        use_provider(settings, "mailgun", provider.url)
        yield provider


def failure(seconds: float = 5.0, **letter: Any) -> NotAccepted:
    """Return the failure of carrying a letter within `seconds`."""
    with pytest.raises(NotAccepted) as raised:
        carrier.carry(envelope(**letter), Conversation(seconds))
    return raised.value


def test_what_postmark_is_sent(postmark: ProviderServer) -> None:
    sent = envelope(attachments=(Attachment("前海 brochure.pdf", PDF, "application/pdf"),), headers={"X-Note": "yes"})
    assert carrier.carry(sent, Conversation(5)) == Receipt(None, "HTTP 200 OK", POSTMARK_ID)
    [call] = postmark.calls
    assert call.path == "/email"
    assert call.headers["X-Postmark-Server-Token"] == "postmark-token"
    body = call.json
    assert (body["From"], body["To"]) == ("Qianhai <hello@qianhai.example>", "reader@example.com")
    assert body["ReplyTo"] == "desk@qianhai.example"
    assert (body["Subject"], body["TextBody"]) == ("Your brochure: 前海", "Dear reader, 你好.")
    assert body["HtmlBody"] == "<p>Dear reader, 你好.</p>"
    headers = {header["Name"]: header["Value"] for header in body["Headers"]}
    assert headers == {
        "Message-ID": MESSAGE_ID,
        "X-PM-KeepID": "true",
        "Auto-Submitted": "auto-generated",
        "X-Note": "yes",
    }
    assert (body["TrackOpens"], body["TrackLinks"]) == (False, "None")
    assert body["Metadata"] == {KEY_NAME: KEY}
    [attachment] = body["Attachments"]
    assert (attachment["Name"], attachment["ContentType"]) == ("前海 brochure.pdf", "application/pdf")
    assert b64decode(attachment["Content"]) == PDF


def test_what_mailgun_is_sent(mailgun: ProviderServer) -> None:
    sent = envelope(attachments=(Attachment("brochure.pdf", PDF, "application/pdf"),))
    assert carrier.carry(sent, Conversation(5)) == Receipt(None, "HTTP 200 Queued. Thank you.", MESSAGE_ID)
    [call] = mailgun.calls
    assert call.path == "/qianhai.example/messages"
    form = email.message_from_bytes(
        f"Content-Type: {call.headers['Content-Type']}\r\n\r\n".encode() + call.body, policy=email.policy.HTTP
    )
    parts = {part.get_param("name", header="Content-Disposition"): part for part in form.iter_parts()}
    fields = {name: part.get_payload(decode=True).decode() for name, part in parts.items() if name != "attachment"}
    assert (fields["to"], fields["h:Reply-To"]) == ("reader@example.com", "desk@qianhai.example")
    assert fields["h:Message-Id"] == MESSAGE_ID
    assert fields["h:Auto-Submitted"] == "auto-generated"
    assert (fields["o:tracking-opens"], fields["o:tracking-clicks"]) == ("no", "no")
    assert fields[f"v:{KEY_NAME}"] == KEY
    assert parts["attachment"].get_payload(decode=True) == PDF


@pytest.mark.parametrize(
    ("answer", "outcome", "text"),
    [
        (Answer(401, {"ErrorCode": 10, "Message": "Bad or missing API token."}), Outcome.MISCONFIGURED, "HTTP 401 Bad"),
        (Answer(403, "Forbidden"), Outcome.MISCONFIGURED, "HTTP 403 Forbidden"),
        (Answer(404, {"message": "Domain not found"}), Outcome.MISCONFIGURED, "HTTP 404 Domain not found"),
        (postmark_refuses(400, "The 'From' address is not a Sender Signature."), Outcome.MISCONFIGURED, ""),
        (postmark_refuses(412, "While your account is pending approval, all recipient addresses must share the domain"),
         Outcome.MISCONFIGURED, ""),
        (postmark_refuses(300, "Invalid 'From' address: 'hello@qianhai.example'."), Outcome.MISCONFIGURED, ""),
        (postmark_refuses(300, "Invalid 'To' address: 'reader@example.com'."), Outcome.REFUSED, "Invalid 'To' address"),
        (Answer(413, "Too large"), Outcome.REFUSED, "HTTP 413 Too large"),
        (Answer(429, {"message": "Slow down"}), Outcome.DEFERRED, "HTTP 429 Slow down"),
        (Answer(500, "<h1>Oops</h1>"), Outcome.DEFERRED, "HTTP 500 <h1>Oops</h1>"),
        (Answer(503, ""), Outcome.DEFERRED, "HTTP 503"),
        (Answer(200, "Welcome to the wireless network"), Outcome.MISCONFIGURED, "HTTP 200 Welcome"),
        (Answer(302, "", (("Location", "/elsewhere"),)), Outcome.MISCONFIGURED, ""),
        (HangUp(), Outcome.DISCONNECTED, ""),
    ],
)  # fmt: skip
def test_what_postmark_says(postmark: ProviderServer, answer: Any, outcome: Outcome, text: str) -> None:
    postmark.says = answer
    error = failure()
    assert error.outcome is outcome
    assert error.is_too_large is text.startswith("HTTP 413")
    assert error.code is None
    assert text in error.text
    assert "reader@example.com" not in error.text
    assert len(postmark.calls) == 1


def test_an_address_on_the_providers_own_list(postmark: ProviderServer) -> None:
    postmark.says = postmark_refuses(
        406,
        "You tried to send to a recipient that has been marked as inactive.\nFound inactive addresses: "
        "reader@example.com.\nInactive recipients are ones that have generated a hard bounce or a spam complaint.",
    )
    error = failure()
    assert error.outcome is Outcome.REFUSED
    assert "marked as inactive" in error.text
    assert "reader@example.com" not in error.text


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, "to parameter is not a valid address. please check documentation", Outcome.REFUSED),
        (400, "from parameter is not a valid address. please check documentation", Outcome.MISCONFIGURED),
        (400, "Invalid recipient", Outcome.REFUSED),
        (400, "The address READER@example.com is malformed", Outcome.REFUSED),
        (402, "to parameter", Outcome.MISCONFIGURED),
        (403, "reader@example.com is not among the authorized recipients", Outcome.MISCONFIGURED),
        (422, "recipient address is invalid", Outcome.REFUSED),
        (408, "", Outcome.DEFERRED),
        (425, "", Outcome.DEFERRED),
        (502, "reader@example.com", Outcome.DEFERRED),
        (204, "", Outcome.MISCONFIGURED),
    ],
)
def test_what_an_answer_means(status: int, body: str, outcome: Outcome) -> None:
    assert outcome_of_answer(status, body, "reader@example.com") is outcome


def test_a_silent_provider_is_left_by_the_timeout(settings: Any, postmark: ProviderServer) -> None:
    use_provider(settings, "postmark", postmark.url, timeout=0.3)
    postmark.says = FallSilent()
    started = monotonic()
    assert failure().outcome is Outcome.TIMEOUT
    assert monotonic() - started < 2


def test_a_dripping_provider_is_left_at_the_deadline(postmark: ProviderServer) -> None:
    postmark.says = Drip()
    started = monotonic()
    error = failure(seconds=0.5)
    assert (error.outcome, error.text) == (Outcome.TIMEOUT, "The conversation took too long.")
    assert 0.4 < monotonic() - started < 2


def test_another_thread_can_end_the_call(postmark: ProviderServer) -> None:
    postmark.says = FallSilent()
    conversation = Conversation(5)
    ending = threading.Timer(0.2, conversation.end, [Outcome.ABANDONED, "The worker was stopped."])
    ending.start()
    started = monotonic()
    with pytest.raises(NotAccepted) as raised:
        carrier.carry(envelope(), conversation)
    assert raised.value.outcome is Outcome.ABANDONED
    assert monotonic() - started < 2


def test_a_conversation_that_was_ended_does_not_begin(postmark: ProviderServer) -> None:
    conversation = Conversation(5)
    conversation.end(Outcome.ABANDONED, "The worker was stopped.")
    with pytest.raises(NotAccepted) as raised:
        carrier.carry(envelope(), conversation)
    assert raised.value.outcome is Outcome.ABANDONED
    assert postmark.calls == []


def test_the_deadline_holds_before_tls_is_spoken(settings: Any) -> None:
    with host_that(stay_silent) as port:
        use_provider(settings, "postmark", f"https://127.0.0.1:{port}/")
        started = monotonic()
        assert failure(seconds=0.4).outcome is Outcome.TIMEOUT
        assert monotonic() - started < 2


@pytest.mark.parametrize("host", ["127.0.0.1", "api.invalid"])
def test_nobody_there(settings: Any, host: str) -> None:
    use_provider(settings, "postmark", f"http://{host}:{free_port()}/")
    error = failure()
    assert error.outcome is Outcome.UNREACHABLE
    assert "postmark-token" not in error.text


def test_a_certificate_that_nobody_vouches_for(settings: Any) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    def greet(connection: Any) -> None:
        try:
            context.wrap_socket(connection, server_side=True).close()
        except OSError:
            return

    with host_that(greet) as port:
        use_provider(settings, "postmark", f"https://127.0.0.1:{port}/")
        assert failure().outcome is Outcome.MISCONFIGURED


def test_an_api_address_that_is_none(settings: Any) -> None:
    use_provider(settings, "postmark", "ftp://127.0.0.1/")
    assert failure().outcome is Outcome.MISCONFIGURED


@pytest.mark.parametrize("to", ["no address", "", "a@b.example, c@d.example", "x@example.com\r\nBcc: y@example.com"])
def test_what_is_no_address(postmark: ProviderServer, to: str) -> None:
    error = failure(to=to)
    assert error.outcome is Outcome.BAD_ADDRESS
    assert postmark.calls == []


def test_an_address_with_a_chinese_domain_is_written_in_ascii(postmark: ProviderServer) -> None:
    postmark.says = postmark_takes("reader@xn--fsqu00a.xn--0zwm56d")
    assert carrier.carry(envelope(to="reader@例子.测试"), Conversation(5)).provider_id == POSTMARK_ID
    assert postmark.calls[0].json["To"] == "reader@xn--fsqu00a.xn--0zwm56d"


@pytest.mark.django_db
def test_a_message_that_a_provider_took_is_known_by_its_id(postmark: ProviderServer) -> None:
    message = queued()
    assert send_message(message.pk)
    message.refresh_from_db()
    assert (message.state, message.provider_id) == (State.SENT, POSTMARK_ID)
    [attempt] = message.attempts.all()
    assert (attempt.outcome, attempt.smtp_code, attempt.smtp_text) == (Outcome.ACCEPTED, None, "HTTP 200 OK")
    [call] = postmark.calls
    assert call.json["Metadata"][KEY_NAME] in message.message_id


@pytest.mark.django_db
def test_a_retry_keeps_the_message_id(postmark: ProviderServer) -> None:
    message = queued()
    postmark.says = Answer(503, "")
    send_message(message.pk)
    make_due(message)
    postmark.says = postmark_takes()
    send_message(message.pk)
    ids = [{h["Name"]: h["Value"] for h in call.json["Headers"]}["Message-ID"] for call in postmark.calls]
    assert ids == [message.message_id] * 2
    assert OutgoingMessage.objects.get(pk=message.pk).state == State.SENT
