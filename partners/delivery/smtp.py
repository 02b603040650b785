"""How is a letter handed to the mail server? The one file of the project that speaks mail."""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email.policy import SMTP, SMTPUTF8
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, mailers
from django.core.mail.backends.smtp import EmailBackend

from partners.delivery.addresses import addresses_of
from partners.delivery.attempt import Outcome
from partners.delivery.outside import Conversation, Envelope, NotAccepted, Receipt
from partners.delivery.retry import outcome_of_reply

# The message is accepted before QUIT is said, so its answer is worth a moment's wait and no more.
QUIT_SECONDS = 1.0
# Servers that limit this close the connection politely, and some write it down as a fault of the client.
MESSAGES_PER_CONNECTION = 100
# 421: the server ends the connection (RFC 5321, 3.8).
SERVICE_CLOSES = 421
TEXT_LENGTH = 500


class _Kept(threading.local):
    """The connection that this thread may use for its next message."""

    is_keeping = False
    backend: "BoundedEmailBackend | None" = None


_kept = _Kept()


@contextmanager
def one_connection() -> Iterator[None]:
    """Let the messages that this thread sends in the block share a connection, until something goes wrong on it."""
    _kept.is_keeping = True
    try:
        yield
    finally:
        _kept.is_keeping = False
        backend, _kept.backend = _kept.backend, None
        if backend is not None:
            backend.close()


def carry(envelope: Envelope, conversation: Conversation) -> Receipt:
    """Hand `envelope` to the mailer 'default' of MAILERS; see `Carrier` for what is returned and raised."""
    kept, _kept.backend = _kept.backend, None
    if kept is not None:
        try:
            return _speak(kept, envelope, conversation)
        except NotAccepted as failure:
            # A server may end a connection after any message (RFC 5321, 3.8). It has not heard of this one.
            was_ended = failure.outcome == Outcome.DISCONNECTED or failure.code == SERVICE_CLOSES
            if kept.has_begun or not was_ended or conversation.ended is not None:
                raise
    return _speak(_mailer(), envelope, conversation)


def _speak(backend: Any, envelope: Envelope, conversation: Conversation) -> Receipt:
    """Send over `backend`, and keep its connection where all went well and this thread keeps one."""
    is_whole = False
    try:
        with conversation.bounded():
            if isinstance(backend, BoundedEmailBackend):
                backend.begin(conversation)
            backend.send_messages([_email(envelope)])
        is_whole = True
    except Exception as error:
        if _was_accepted(backend):
            # Whatever broke after the server's 250 does not unsend the message.
            return _receipt(backend)
        raise _not_accepted(error, envelope, conversation) from error
    finally:
        if is_whole and _kept.is_keeping and isinstance(backend, BoundedEmailBackend) and backend.can_go_on:
            _kept.backend = backend
        else:
            # Django leaves a connection open that failed before it was ready, at STARTTLS or log-in.
            backend.close()
    return _receipt(backend)


class BoundedEmailBackend(EmailBackend):
    """Django's SMTP backend, held to a conversation's deadline, that remembers what the server answered."""

    conversation: Conversation

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.accepted: tuple[int, bytes] | None = None
        # Whether the server has heard of the message in hand.
        self.has_begun = False
        self._messages = 0
        self._line: socket.socket | None = None

    @property
    def can_go_on(self) -> bool:
        """Say whether the connection is open and may carry another message."""
        return self.connection is not None and self._messages < MESSAGES_PER_CONNECTION

    def begin(self, conversation: Conversation) -> None:
        """Hold the connection, which is opened where it is not, to `conversation` while the next message is sent.

        Raises TimeoutError where the conversation is over, and what Django's open() raises.
        """
        self.conversation, self.accepted, self.has_begun = conversation, None, False
        self._messages += 1
        if self.connection is None:
            self.open()
        elif self._line is not None:
            conversation.watch(self._line)

    def keep_line(self, line: socket.socket) -> None:
        """Remember the socket, since the one in use may become a TLS socket, which cannot be duplicated."""
        self._line = line.dup()

    def close(self) -> None:
        """Say QUIT, wait a moment for its answer, and let go of the socket."""
        parting = Conversation(QUIT_SECONDS)
        if self._line is not None:
            parting.watch(self._line)
            self._line.close()
            self._line = None
        with parting.bounded():
            super().close()

    @property
    def connection_class(self) -> Any:
        """Return what makes the connection; Django calls it with host, port and smtplib's own arguments."""
        kind = _BoundedTlsConnection if self.use_ssl else _BoundedConnection

        def connect(*args: Any, **kwargs: Any) -> smtplib.SMTP:
            return kind(self, *args, **kwargs)

        return connect

    def _send(self, email_message: EmailMessage) -> bool:
        """Send as Django does, and with SMTPUTF8 (RFC 6531) where the recipient's name needs it.

        Each step that can fail before the server hears of the message has a meaning of its own.
        """
        recipient = email_message.recipients()[0]
        wide = not recipient.rpartition("@")[0].isascii()
        try:
            recipient = self.prep_address(recipient, force_ascii=not wide)
        except ValueError as error:
            raise NotAccepted(Outcome.BAD_ADDRESS, text="The address is not valid.") from error
        try:
            sender = self.prep_address(email_message.from_email)
        except ValueError as error:
            raise NotAccepted(Outcome.MISCONFIGURED, text="The sender's address is not valid.") from error
        connection = self.connection
        assert connection is not None  # noqa: S101  send_messages() has opened it
        connection.ehlo_or_helo_if_needed()
        if wide and not connection.has_extn("smtputf8"):
            raise NotAccepted(Outcome.BAD_ADDRESS, text="The mail server takes only ASCII letters before the @.")
        policy, options = (SMTPUTF8, ["SMTPUTF8", "BODY=8BITMIME"]) if wide else (SMTP, [])
        try:
            content = email_message.message(policy=policy).as_bytes()
        except Exception as error:
            raise NotAccepted(Outcome.UNBUILDABLE, text=f"{type(error).__name__} in the letter's headers.") from error
        connection.sendmail(sender, [recipient], content, mail_options=options)
        return True

    def _close_connection(self, connection: smtplib.SMTP) -> None:
        """Say QUIT without letting its answer, or the lack of one, cast doubt on the message."""
        with suppress(OSError):
            connection.quit()
        connection.close()


class _BoundedConnection(smtplib.SMTP):
    """An SMTP connection whose socket the conversation can reach from its first moment."""

    def __init__(self, backend: BoundedEmailBackend, *args: Any, **kwargs: Any) -> None:
        self.backend = backend
        super().__init__(*args, **kwargs)

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """Connect as smtplib does, to one address of the host after the other, while there is time left."""
        conversation = self.backend.conversation
        refusal: OSError | None = None
        for family, kind, protocol, _, address in addresses_of(host, port, conversation.seconds_left):
            if conversation.seconds_left == 0:
                break
            connection = socket.socket(family, kind, protocol)
            try:
                conversation.watch(connection)
                connection.settimeout(min(timeout or conversation.seconds_left, conversation.seconds_left))
                connection.connect(address)
                connection.settimeout(timeout)
                self.backend.keep_line(connection)
            except OSError as error:
                connection.close()
                refusal = error
            else:
                return connection
        raise refusal or TimeoutError("No connection in time.")

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        """Begin the message, and remember that the server has heard of it."""
        code, text = super().mail(sender, options)
        self.backend.has_begun = code == 250
        return code, text

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the message, and remember that it was accepted."""
        code, text = super().data(msg)
        if code == 250:
            self.backend.accepted = (code, text)
        return code, text


class _BoundedTlsConnection(_BoundedConnection, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        plain = _BoundedConnection._get_socket(self, host, port, timeout)
        # smtplib keeps the name in a private attribute, and hands it to TLS in this very place.
        return self.context.wrap_socket(plain, server_hostname=self._host)  # type: ignore[attr-defined]


def _mailer() -> Any:
    """Return the configured mailer; Django's own SMTP backend is replaced by its bounded twin.

    A provider's backend is taken as it is: it brings timeouts of its own.
    """
    mailer = mailers["default"]
    if type(mailer) is not EmailBackend:
        return mailer
    return BoundedEmailBackend(
        alias="default",
        host=mailer.host,
        port=mailer.port,
        username=mailer.username,
        password=mailer.password,
        use_tls=mailer.use_tls,
        use_ssl=mailer.use_ssl,
        timeout=mailer.timeout,
        ssl_keyfile=mailer.ssl_keyfile,
        ssl_certfile=mailer.ssl_certfile,
    )


def _email(envelope: Envelope) -> EmailMultiAlternatives:
    letter = envelope.letter
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[envelope.to],
        reply_to=[settings.MAIL_REPLY_TO],
        headers={
            **letter.headers,
            "Message-ID": envelope.message_id,
            # RFC 3834: no out-of-office answer comes back to the desk.
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(letter.html, "text/html")
    for attachment in letter.attachments:
        message.attach(attachment.filename, attachment.content, attachment.mimetype)
    return message


def _was_accepted(backend: Any) -> bool:
    return getattr(backend, "accepted", None) is not None


def _receipt(backend: Any) -> Receipt:
    code, text = getattr(backend, "accepted", None) or (None, b"")
    return Receipt(code, _printable(text))


def _not_accepted(error: Exception, envelope: Envelope, conversation: Conversation) -> NotAccepted:
    """Translate what the mailer raised into what it means for the message."""
    if isinstance(error, NotAccepted):
        return error
    if conversation.ended is not None:
        return conversation.ended
    code, text = _reply(error)
    # The server may repeat the address; the row that holds it is erased on its own terms.
    text = re.sub(re.escape(envelope.to), "<recipient>", text, flags=re.IGNORECASE)[:TEXT_LENGTH]
    if code is None:
        return NotAccepted(_outcome_without_reply(error), text=text)
    about_recipient = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
    return NotAccepted(outcome_of_reply(code, about_recipient=about_recipient), code, text)


def _reply(error: Exception) -> tuple[int | None, str]:
    """Return the server's reply in `error`: no code where there was none, or none of SMTP."""
    code: int
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        # One recipient a message, so one reply.
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return None, _printable(f"{type(error).__name__}: {error}")
    return (code if 100 <= code < 600 else None), _printable(text)


def _outcome_without_reply(error: Exception) -> Outcome:
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        # smtplib reports a socket's timeout as a lost connection, with the timeout as its context.
        return Outcome.TIMEOUT
    if isinstance(
        error, smtplib.SMTPServerDisconnected | smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused
    ):
        # The line broke, or what came was no reply of SMTP.
        return Outcome.DISCONNECTED
    if isinstance(error, smtplib.SMTPException | ssl.SSLError):
        # No common way to log in, no STARTTLS, a certificate that is not the server's.
        return Outcome.MISCONFIGURED
    if isinstance(error, OSError):
        return Outcome.UNREACHABLE
    return Outcome.UNBUILDABLE


def _printable(text: bytes | str) -> str:
    """Return what the server said as one line."""
    readable = text.decode("utf-8", errors="replace") if isinstance(text, bytes) else text
    return " ".join(readable.split())[:TEXT_LENGTH]
