"""How is a letter handed to the mail server? With `smtp_connection`, the one place that speaks mail."""

import smtplib
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.smtp import EmailBackend

from partners.delivery.attempt import Outcome
from partners.delivery.outside import Conversation, Envelope, NotAccepted, Receipt
from partners.delivery.retry import is_about_size, outcome_of_reply
from partners.delivery.said import as_kept
from partners.delivery.smtp_connection import BoundedEmailBackend

# 421: the server ends the connection (RFC 5321, 3.8).
SERVICE_CLOSES = 421
# Where no mail server is there, what waits for it is not tried as quickly as it fails: visitors need the processor. A
# worker's eight threads try forty messages in a second, so that a backlog is soon known to be held up by the server.
REST_SECONDS = 0.2


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


def reach(conversation: Conversation) -> None:
    """Open the connection for the next message of this thread, where it keeps one and has none yet.

    A letter costs more than to hear that no mail server is there, after which this thread rests a moment. Raises
    NotAccepted, as `carry` does.
    """
    if not _kept.is_keeping or _kept.backend is not None:
        return
    backend = _mailer()
    if not isinstance(backend, BoundedEmailBackend):
        return
    try:
        with conversation.bounded():
            backend.reach(conversation)
    except Exception as error:
        # Django leaves a connection open that failed before it was ready, at STARTTLS or log-in.
        backend.close()
        failure = _not_accepted(error, conversation)
        if failure.outcome is Outcome.UNREACHABLE:
            time.sleep(min(REST_SECONDS, conversation.seconds_left))
        raise failure from error
    _kept.backend = backend


def carry(envelope: Envelope, conversation: Conversation) -> Receipt:
    """Hand `envelope` to the mailer 'carrier' of MAILERS; see `Carrier` for what is returned and raised."""
    kept, _kept.backend = _kept.backend, None
    if kept is not None:
        is_used = kept.has_carried
        try:
            return _speak(kept, envelope, conversation)
        except NotAccepted as failure:
            # A server may end a connection after any message (RFC 5321, 3.8). It has not heard of this one.
            was_ended = failure.outcome == Outcome.DISCONNECTED or failure.code == SERVICE_CLOSES
            if not is_used or kept.has_begun or not was_ended or conversation.ended is not None:
                raise
    return _speak(_mailer(), envelope, conversation)


def _speak(backend: Any, envelope: Envelope, conversation: Conversation) -> Receipt:
    """Send over `backend`, and keep its connection where all went well and this thread keeps one."""
    is_whole = False
    try:
        with conversation.bounded():
            if isinstance(backend, BoundedEmailBackend):
                backend.begin(conversation)
            backend.send_messages([as_email(envelope)])
        is_whole = True
    except Exception as error:
        if _was_accepted(backend):
            # Whatever broke after the server's 250 does not unsend the message.
            return _receipt(backend)
        raise _not_accepted(error, conversation) from error
    finally:
        if is_whole and _kept.is_keeping and isinstance(backend, BoundedEmailBackend) and backend.can_go_on:
            _kept.backend = backend
        else:
            # Django leaves a connection open that failed before it was ready, at STARTTLS or log-in.
            backend.close()
    return _receipt(backend)


def _mailer() -> Any:
    """Return the configured mailer; Django's own SMTP backend is replaced by its bounded twin.

    Any other backend is taken as it is: one that writes files, or a double.
    """
    mailer = mailers["carrier"]
    if type(mailer) is not EmailBackend:
        return mailer
    return BoundedEmailBackend(
        alias="carrier",
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


def as_email(envelope: Envelope) -> EmailMultiAlternatives:
    """Return the mail that `envelope` holds, with the headers that every mail of ours has."""
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


def _not_accepted(error: Exception, conversation: Conversation) -> NotAccepted:
    """Translate what the mailer raised into what it means for the message."""
    if isinstance(error, NotAccepted):
        return error
    if conversation.ended is not None:
        return conversation.ended
    code, text = _reply(error)
    if code is None:
        return NotAccepted(_outcome_without_reply(error), text=text)
    is_too_large = is_about_size(code, text)
    # To MAIL, which tells the size, a server may answer what is about the message.
    about_message = is_too_large or isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
    outcome = outcome_of_reply(code, about_recipient=about_message)
    return NotAccepted(outcome, code, text, is_too_large=is_too_large)


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
    """Return what the server said as it is kept."""
    return as_kept(text.decode("utf-8", errors="replace") if isinstance(text, bytes) else text)
