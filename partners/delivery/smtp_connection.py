"""How does a connection to a mail server keep to a conversation's deadline, and remember what was said?"""

import re
import smtplib
import socket
from collections.abc import Sequence
from contextlib import suppress
from email.policy import SMTP, SMTPUTF8
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from partners.delivery.addresses import connect
from partners.delivery.attempt import Outcome
from partners.delivery.mail_bytes import as_bytes
from partners.delivery.outside import Conversation, NotAccepted

# The message is accepted before QUIT is said, so its answer is worth a moment's wait and no more.
QUIT_SECONDS = 1.0
# Servers that limit this close the connection politely, and some write it down as a fault of the client.
MESSAGES_PER_CONNECTION = 100


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

    @property
    def has_carried(self) -> bool:
        """Say whether a message was sent over the connection, or tried."""
        return self._messages > 0

    def reach(self, conversation: Conversation) -> None:
        """Open the connection, held to `conversation`, before there is a message; raises what Django's open() does."""
        self.conversation = conversation
        self.open()

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
            content = as_bytes(email_message, policy)
        except Exception as error:
            raise NotAccepted(Outcome.UNBUILDABLE, text=f"{type(error).__name__} in the letter's headers.") from error
        if 0 < (largest := _largest_message(connection)) < len(content):
            words = f"The message has {len(content)} bytes, and the mail server takes {largest}."
            raise NotAccepted(Outcome.REFUSED, text=words, is_too_large=True)
        connection.sendmail(sender, [recipient], content, mail_options=options)
        return True

    def _close_connection(self, connection: smtplib.SMTP) -> None:
        """Say QUIT without letting its answer, or the lack of one, cast doubt on the message."""
        with suppress(OSError):
            connection.quit()
        connection.close()


def _largest_message(connection: smtplib.SMTP) -> int:
    """Return how many bytes the server takes, as it has told (RFC 1870, 4); 0 where it names no limit."""
    told = connection.esmtp_features.get("size", "")
    return int(told) if re.fullmatch("[0-9]{1,18}", told) else 0


class _BoundedConnection(smtplib.SMTP):
    """An SMTP connection whose socket the conversation can reach from its first moment."""

    def __init__(self, backend: BoundedEmailBackend, *args: Any, **kwargs: Any) -> None:
        self.backend = backend
        super().__init__(*args, **kwargs)

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """Connect within the conversation, and remember the line."""
        connection = connect(self.backend.conversation, host, port, timeout)
        self.backend.keep_line(connection)
        return connection

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
