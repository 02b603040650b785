"""A real SMTP server that accepts, refuses, falls silent or drips, as a test tells it to."""

import asyncio
import contextlib
import email
import email.message
import email.policy
import functools
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@functools.cache
def authority() -> trustme.CA:
    """The certificate authority of this run; its key is never written anywhere."""
    return trustme.CA()


@dataclass(frozen=True)
class Say:
    """Answer the command `at` (MAIL, RCPT, DATA) with `reply`; 'DATA' is the answer after the message's end.

    A reply of 421 ends the connection where `closes` (RFC 5321, 3.8).
    """

    at: str
    reply: str
    closes: bool = False


@dataclass(frozen=True)
class FallSilent:
    """Hear the command `at` (CONNECT: before the greeting) and say nothing any more."""

    at: str


@dataclass(frozen=True)
class Hold:
    """Hear the command `at` and answer well when `until` is set."""

    at: str
    until: threading.Event


@dataclass(frozen=True)
class Drip:
    """Answer the command `at` (or CONNECT) with one more byte every `seconds`, never to an end."""

    at: str
    seconds: float = 0.1


@dataclass(frozen=True)
class LoseReply:
    """Accept the message, or the command `at`, and cut the line before saying so."""

    at: str = "DATA"


Fault = Say | FallSilent | Hold | Drip | LoseReply
GREETING = "CONNECT"
# What a server would have said to a client that is gone; no message may be kept for it.
GONE = "421 4.4.2 Connection lost"
OK = "250 2.0.0 Ok: queued as 4F2A"


@dataclass(frozen=True)
class Received:
    """A message that the server has accepted."""

    sender: str
    recipient: str
    message: email.message.EmailMessage
    mail_options: tuple[str, ...] = ()
    at: float = field(default_factory=time.monotonic)


@dataclass
class MailServer:
    """Where it listens, what it shall do next, and what it has accepted. Methods may be called from any thread."""

    port: int
    received: list[Received] = field(default_factory=list)
    reached: dict[str, int] = field(default_factory=dict)
    _faults: list[Fault] = field(default_factory=list)
    _always: Fault | None = None
    _turns: Iterator[Fault | None] | None = None
    _at_greeting: list[Fault] = field(default_factory=list)
    _by_recipient: dict[str, Fault] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def do_next(self, *faults: Fault) -> None:
        """Treat the next messages so, one fault a message, and the ones after them well."""
        with self._changed:
            self._faults.extend(faults)

    def do_always(self, fault: Fault | None) -> None:
        """Treat every message so from now on; None: well."""
        with self._changed:
            self._always = fault

    def do_by_turns(self, faults: Iterator[Fault | None]) -> None:
        """Treat each message as `faults` says in turn; None: well."""
        with self._changed:
            self._turns = faults

    def do_at_greeting(self, *faults: Fault) -> None:
        """Treat the next connections so before anything is said, one fault a connection."""
        with self._changed:
            self._at_greeting.extend(faults)

    def do_to(self, recipient: str, fault: Fault | None) -> None:
        """Treat messages to `recipient` so, from RCPT on; None: as all others."""
        with self._changed:
            if fault is None:
                self._by_recipient.pop(recipient, None)
            else:
                self._by_recipient[recipient] = fault

    def wait_until(self, happened: Callable[["MailServer"], bool], seconds: float) -> None:
        """Wait for `happened` to be true of the server. Raises AssertionError after `seconds`."""
        with self._changed:
            assert self._changed.wait_for(lambda: happened(self), seconds), f"not within {seconds} s: {self.reached}"

    def pause(self, happened: Callable[[], bool], seconds: float) -> None:
        """Wait until `happened` is true, or for `seconds`."""
        with self._changed:
            self._changed.wait_for(happened, seconds)

    def kept(self) -> int:
        """Return how many messages were accepted."""
        return len(self.received)

    def wait_for(self, number: int, seconds: float) -> list[Received]:
        """Wait until `number` messages were accepted, and return all of them."""
        self.wait_until(lambda server: len(server.received) >= number, seconds)
        return list(self.received)

    def take_fault(self) -> Fault | None:
        """Return what the next message shall meet."""
        with self._changed:
            if self._faults:
                return self._faults.pop(0)
            return next(self._turns) if self._turns else self._always

    def take_fault_at_greeting(self) -> Fault | None:
        """Return what the next connection shall meet."""
        with self._changed:
            return self._at_greeting.pop(0) if self._at_greeting else None

    def fault_to(self, recipient: str) -> Fault | None:
        """Return what messages to `recipient` shall meet."""
        with self._changed:
            return self._by_recipient.get(recipient)

    def note(self, command: str) -> None:
        """Remember that a client came as far as `command`."""
        with self._changed:
            self.reached[command] = self.reached.get(command, 0) + 1
            self._changed.notify_all()

    def keep(self, received: Received) -> None:
        """Remember an accepted message."""
        with self._changed:
            self.received.append(received)
            self._changed.notify_all()


class _Handler:
    """aiosmtpd's hooks: one fault is drawn for each message, at its MAIL command."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_EHLO(  # noqa: N802
        self, smtp: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.server.note("EHLO")
        session.host_name = hostname
        return responses

    async def handle_QUIT(self, smtp: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.server.note("QUIT")
        return "221 Bye"

    async def handle_MAIL(  # noqa: N802
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.fault = self.server.take_fault()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._answer("MAIL", smtp, envelope, "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.fault = self.server.fault_to(address) or envelope.fault
        reply = await self._answer("RCPT", smtp, envelope, "250 OK")
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, smtp: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = await self._answer("DATA", smtp, envelope, OK)
        if reply.startswith("2"):
            message: Any = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
            options = tuple(envelope.mail_options)
            self.server.keep(Received(envelope.mail_from or "", envelope.rcpt_tos[0], message, options))
        return reply

    async def _answer(self, command: str, smtp: SMTP, envelope: Envelope, usual: str) -> str:
        self.server.note(command)
        fault: Fault | None = envelope.fault
        if fault is None or fault.at != command:
            return usual
        if isinstance(fault, LoseReply):
            if smtp.transport is not None:
                smtp.transport.close()
            return usual
        if isinstance(fault, Say):
            if fault.closes and smtp.transport is not None:
                smtp.transport.write(f"{fault.reply}\r\n".encode())
                smtp.transport.close()
            return fault.reply
        return usual if await _leave_waiting(smtp, fault) else GONE


async def _leave_waiting(smtp: SMTP, fault: FallSilent | Drip | Hold) -> bool:
    """Give no answer, or never a whole one, until the client goes; True where it has waited long enough instead."""
    while smtp.transport is not None and not smtp.transport.is_closing():
        if isinstance(fault, Hold) and fault.until.is_set():
            return True
        await asyncio.sleep(fault.seconds if isinstance(fault, Drip) else 0.05)
        if isinstance(fault, Drip) and smtp.transport is not None:
            smtp.transport.write(b"2")
    return False


class _Smtp(SMTP):
    """aiosmtpd's side of one connection, with faults before its first word."""

    async def _handle_client(self) -> None:
        server: MailServer = self.event_handler.server
        fault = server.take_fault_at_greeting()
        if isinstance(fault, FallSilent | Drip | Hold):
            server.note(GREETING)
            try:
                await _leave_waiting(self, fault)
            finally:
                if self.transport is not None:
                    self.transport.close()
            return
        await super()._handle_client()


class _Controller(Controller):
    """aiosmtpd's controller, which says its banner without looking up this machine's name."""

    def factory(self) -> SMTP:
        return _Smtp(self.handler, hostname="mail.test", **self.SMTP_kwargs)


@contextlib.contextmanager
def running_mail_server(
    port: int, *, tls: bool = False, utf8: bool = True, largest: int = 33_554_432
) -> Iterator[MailServer]:
    """Serve SMTP at 127.0.0.1:`port` while the block runs: with TLS from the first byte, with SMTPUTF8.

    It says that it takes messages of `largest` bytes (SIZE), and refuses larger ones; 0: it names no limit.
    """
    server = MailServer(port)
    context = None
    if tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority().issue_cert("127.0.0.1").configure_cert(context)
    controller = _Controller(
        _Handler(server),
        hostname="127.0.0.1",
        port=port,
        ssl_context=context,
        enable_SMTPUTF8=utf8,
        data_size_limit=largest,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
