"""Which mails has the local inbox received? One file each, newest first."""

import email.policy
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from pathlib import Path

# The list shows this many; older mails stay in the folder.
SHOWN = 200


@dataclass(frozen=True)
class Summary:
    """What the list says of one mail."""

    key: str
    sender: str
    recipient: str
    subject: str
    received: datetime


@dataclass(frozen=True)
class Attachment:
    """A part of a mail that is kept apart from its text: its place among all the parts, name, type and bytes."""

    place: int
    name: str
    content_type: str
    content: bytes


class Mailbox:
    """The folder of the received mails, as .eml files that any mail program opens."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made if need be."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, sender: str, recipients: Sequence[str], content: bytes) -> Path:
        """Keep one mail, with the addresses that the server was told, and return its file: whole or not there."""
        key = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        draft = self.folder / f"{key}.new"
        envelope = f"Return-Path: <{sender}>\r\n" + "".join(f"X-Original-To: {to}\r\n" for to in recipients)
        draft.write_bytes(envelope.encode("utf-8", "surrogateescape") + content)
        return draft.rename(self.folder / f"{key}.eml")

    def newest(self, count: int = SHOWN) -> list[Summary]:
        """Return what is known of the newest `count` mails without reading them whole."""
        names = sorted((entry.name for entry in os.scandir(self.folder) if entry.name.endswith(".eml")), reverse=True)
        return [self._summary(name.removesuffix(".eml")) for name in names[:count]]

    def count(self) -> int:
        """Return how many mails there are."""
        return sum(entry.name.endswith(".eml") for entry in os.scandir(self.folder))

    def raw(self, key: str) -> bytes | None:
        """Return the bytes of the mail `key`, None where there is none."""
        # A key is digits, a dash and hexadecimal digits: nothing that leads out of the folder.
        if not key.replace("-", "").isalnum() or not key.isascii():
            return None
        try:
            return (self.folder / f"{key}.eml").read_bytes()
        except FileNotFoundError:
            return None

    def read(self, key: str) -> tuple[Summary, EmailMessage] | None:
        """Return the mail `key`, None where there is none."""
        content = self.raw(key)
        if content is None:
            return None
        return self._summary(key), message_from_bytes(content, policy=email.policy.default)

    def _summary(self, key: str) -> Summary:
        with (self.folder / f"{key}.eml").open("rb") as opened:
            headers = BytesHeaderParser(policy=email.policy.default).parse(opened)
        return Summary(
            key=key,
            sender=header(headers, "From"),
            recipient=header(headers, "To") or header(headers, "X-Original-To"),
            subject=header(headers, "Subject") or "(no subject)",
            received=datetime.fromtimestamp(int(key.split("-")[0]) / 1e9, UTC).astimezone(),
        )


def header(message: Message, name: str) -> str:
    """Return a header in readable letters, '' where it is missing or beyond reading."""
    try:
        return str(message.get(name, ""))
    except (ValueError, LookupError, IndexError, AttributeError):  # The library fails on some broken headers.
        return "(unreadable)"


def text(message: EmailMessage, kind: str) -> str | None:
    """Return the body of `kind` ('plain' or 'html'), None where the mail has none."""
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return None
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # A character set that nobody knows.
        return content.decode("utf-8", "replace")


def attachments(message: EmailMessage) -> list[Attachment]:
    """Return the parts that are meant to be saved, in their order."""
    found = []
    for place, part in enumerate(message.walk()):
        if part.is_multipart() or (part.get_content_disposition() != "attachment" and not part.get_filename()):
            continue
        content = part.get_payload(decode=True)
        found.append(
            Attachment(
                place=place,
                name=part.get_filename() or f"part-{place}",
                content_type=part.get_content_type(),
                content=content if isinstance(content, bytes) else b"",
            )
        )
    return found
