"""Where does the mail of the local run go? To an SMTP server that keeps all of it, and a page that shows it.

`python -m qianhai_site.local.inbox --smtp-port 1025 --http-port 8025 --directory var/inbox`; 127.0.0.1 only.
"""

import argparse
import asyncio
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, Envelope, Session

from . import inbox_pages, mailbox
from .mailbox import Mailbox

HOST = "127.0.0.1"
# A browser that was lured to another name for this address must not read the mail (DNS rebinding).
OWN_NAMES = {"127.0.0.1", "localhost"}
LARGEST_MAIL = 64 * 1024 * 1024  # bytes
PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
# What a mail brings along: its own styles and its own pictures, no script, no server of others.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data: http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'"
)
type Answer = tuple[int, str, bytes, dict[str, str]]
NOT_FOUND: Answer = (404, "text/html; charset=utf-8", inbox_pages.missing().encode(), {})


class Receiver:
    """What aiosmtpd asks when a mail has come."""

    def __init__(self, box: Mailbox) -> None:
        """Name the folder to keep mails in."""
        self.box = box

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        """Keep the mail; only then say that it was received."""
        content = envelope.original_content or b""
        recipients = [str(address) for address in envelope.rcpt_tos]
        await asyncio.to_thread(self.box.add, str(envelope.mail_from or ""), recipients, content)
        return "250 2.0.0 Kept"


class Pages(BaseHTTPRequestHandler):
    """The pages over a mailbox, which `serve` puts in place."""

    box: ClassVar[Mailbox]
    server_version = "inbox"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer one address."""
        if self.headers.get("Host", "").rsplit(":", 1)[0] not in OWN_NAMES:
            self._send(421, "text/plain", b"Ask for 127.0.0.1.\n", {})
            return
        self._send(*self._answer(self.path.partition("?")[0].strip("/").split("/")))

    do_HEAD = do_GET  # noqa: N815  named by the library

    def _answer(self, steps: list[str]) -> Answer:
        match steps:
            case [""]:
                return _html(inbox_pages.listing(self.box.newest(), self.box.count()))
            case ["style.css"]:
                return 200, "text/css", inbox_pages.STYLE.encode(), {}
            case ["mails", key]:
                return self._mail(key)
            case ["mails", key, "html"]:
                return self._mails_html(key)
            case ["mails", key, "raw"]:
                raw = self.box.raw(key)
                return NOT_FOUND if raw is None else (200, "text/plain; charset=utf-8", raw, {})
            case ["mails", key, "parts", place]:
                return self._part(key, place)
            case _:
                return NOT_FOUND

    def _mail(self, key: str) -> Answer:
        found = self.box.read(key)
        if found is None:
            return NOT_FOUND
        summary, message = found
        html = mailbox.text(message, "html") is not None
        attached = mailbox.attachments(message)
        return _html(inbox_pages.mail(summary, mailbox.text(message, "plain"), html=html, attached=attached))

    def _mails_html(self, key: str) -> Answer:
        found = self.box.read(key)
        html = mailbox.text(found[1], "html") if found else None
        if html is None:
            return NOT_FOUND
        page = f'<!doctype html><base target="_blank">{html}'
        return 200, "text/html; charset=utf-8", page.encode(), {"Content-Security-Policy": MAIL_POLICY}

    def _part(self, key: str, place: str) -> Answer:
        found = self.box.read(key)
        for file in mailbox.attachments(found[1]) if found else []:
            if str(file.place) == place:
                disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
                return 200, file.content_type, file.content, {"Content-Disposition": disposition}
        return NOT_FOUND

    def _send(self, status: int, content_type: str, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        usual = {
            "Content-Type": content_type,
            "Content-Length": str(len(content)),
            "Content-Security-Policy": PAGE_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        }
        for name, value in (usual | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  named by the library
        """Say nothing: the run's window belongs to the site."""


def _html(page: str) -> Answer:
    return 200, "text/html; charset=utf-8", page.encode(), {}


class Inbox:
    """A running inbox: SMTP on one port, its pages on another."""

    def __init__(self, folder: Path, *, smtp_port: int, http_port: int) -> None:
        """Open the page's port at once (0 takes a free one); `serve` opens the other. OSError where one is taken."""
        self.box = Mailbox(folder)
        pages = type("PagesOfThisBox", (Pages,), {"box": self.box})
        self.pages = ThreadingHTTPServer((HOST, http_port), pages)
        self.pages.daemon_threads = True
        self.smtp_port = smtp_port
        self.http_port = self.pages.server_address[1]

    async def serve(self, end: asyncio.Event, ready: threading.Event | None = None) -> None:
        """Receive and show mail until `end` is set; `ready` is set when both ports answer."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(Receiver(self.box), data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, loop=loop),
            HOST,
            self.smtp_port,
        )
        self.smtp_port = server.sockets[0].getsockname()[1]
        thread = threading.Thread(target=self.pages.serve_forever, kwargs={"poll_interval": 0.1})
        thread.start()
        if ready is not None:
            ready.set()
        try:
            await end.wait()
        finally:
            server.close()
            await asyncio.to_thread(self.pages.shutdown)
            thread.join()
            self.pages.server_close()


async def _serve_until_told(inbox: Inbox) -> None:
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    await inbox.serve(end)


def main() -> None:
    """Receive and show mail until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smtp-port", type=int, default=1025)
    parser.add_argument("--http-port", type=int, default=8025)
    parser.add_argument("--directory", type=Path, required=True)
    given = parser.parse_args()
    asyncio.run(_serve_until_told(Inbox(given.directory, smtp_port=given.smtp_port, http_port=given.http_port)))


if __name__ == "__main__":
    main()
