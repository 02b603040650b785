"""The local mail inbox: keeps what real SMTP brings, and shows it without trusting it."""

import asyncio
import http.client
import re
import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from qianhai_site.local.inbox import Inbox
from qianhai_site.local.mailbox import Mailbox

PDF = b"%PDF-1.7\n\x00\xff binary \r\n.\r\n..dots\r\n"


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An inbox that runs in a thread, on ports of its own."""
    made = Inbox(tmp_path / "inbox", smtp_port=0, http_port=0)
    ready, loop, end = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(made.serve(end, ready),))
    thread.start()
    assert ready.wait(10)
    yield made
    loop.call_soon_threadsafe(end.set)
    thread.join(10)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def mail(subject: str = "Your brochure", html: str | None = None) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Qianhai <hello@qianhai.example>"
    message["To"] = "陳大文 <chan@example.com>"
    message["Subject"] = subject
    message.set_content("Good day,\n<script>alert('text')</script>\n.a line that starts with a dot\n")
    if html is not None:
        message.add_alternative(html, subtype="html")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename='前海 "brochure".pdf')
    return message


def send(inbox: Inbox, message: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", inbox.smtp_port, timeout=10) as server:
        server.send_message(message)


def get(inbox: Inbox, path: str, host: str = "127.0.0.1") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", inbox.http_port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def first_mail(inbox: Inbox) -> str:
    """Return the address of the first mail in the list."""
    found = re.search(r'href="(/mails/[^"]+)"', get(inbox, "/")[2].decode())
    assert found is not None
    return found[1]


def test_a_mail_comes_by_smtp_and_is_kept_whole(inbox: Inbox) -> None:
    send(inbox, mail())
    (file,) = inbox.box.folder.iterdir()
    assert file.suffix == ".eml"
    content = file.read_bytes()
    assert content.startswith(b"Return-Path: <hello@qianhai.example>\r\nX-Original-To: chan@example.com\r\n")
    assert b"\r\n.a line that starts with a dot" in content


def test_the_list_shows_the_newest_first(inbox: Inbox) -> None:
    assert b"No mail yet" in get(inbox, "/")[2]
    for subject in ("mail A", "mail B", "mail C"):
        send(inbox, mail(subject))
    page = get(inbox, "/")[2].decode()
    assert page.index("mail C") < page.index("mail B") < page.index("mail A")
    assert "陳大文 &lt;chan@example.com&gt;" in page
    assert "3 mails" in page


def test_every_word_of_a_mail_is_escaped(inbox: Inbox) -> None:
    send(inbox, mail("<img src=x onerror=alert(1)>", html="<p>hello</p>"))
    for path in ("/", first_mail(inbox)):
        status, headers, content = get(inbox, path)
        assert status == 200
        assert b"<img" not in content
        assert b"<script" not in content
        assert b"&lt;img src=x onerror=alert(1)&gt;" in content
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"


def test_html_is_framed_without_scripts(inbox: Inbox) -> None:
    send(inbox, mail(html="<h1>Hello</h1><script>alert(1)</script>"))
    address = first_mail(inbox)
    page = get(inbox, address)[2].decode()
    frame = re.search(r"<iframe [^>]*>", page)
    assert frame is not None
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame[0]
    status, headers, content = get(inbox, f"{address}html")
    assert status == 200
    assert b"<h1>Hello</h1>" in content
    policy = headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
    assert "allow-scripts" not in policy


def test_an_attachment_comes_back_byte_for_byte(inbox: Inbox) -> None:
    send(inbox, mail(html="<p>hello</p>"))
    found = re.search(r'href="(/mails/[^"]+/parts/\d+)"', get(inbox, first_mail(inbox))[2].decode())
    assert found is not None
    status, headers, content = get(inbox, found[1])
    assert (status, headers["content-type"], content) == (200, "application/pdf", PDF)
    assert headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%89%8D%E6%B5%B7%20")


def test_the_source_is_shown_as_plain_text(inbox: Inbox) -> None:
    send(inbox, mail())
    status, headers, content = get(inbox, f"{first_mail(inbox)}raw")
    (file,) = inbox.box.folder.iterdir()
    assert (status, headers["content-type"], content) == (200, "text/plain; charset=utf-8", file.read_bytes())


@pytest.mark.parametrize(
    "path",
    [
        "/mails/none/",
        "/mails/none/html",
        "/mails/none/raw",
        "/mails/none/parts/1",
        "/mails/..%2F..%2Fsecret/raw",
        "/mails/../secret/raw",
        "/mails/.../raw",
        "/elsewhere",
    ],
)
def test_what_is_not_there_is_not_found(inbox: Inbox, path: str) -> None:
    (inbox.box.folder.parent / "secret.eml").write_text("private")
    assert get(inbox, path)[0] == 404


def test_another_name_for_this_machine_is_refused(inbox: Inbox) -> None:
    send(inbox, mail())
    assert get(inbox, "/", host="attacker.example")[0] == 421


def test_broken_mails_are_shown_all_the_same(inbox: Inbox) -> None:
    for broken in (
        b"",
        b"no headers at all",
        b"Subject: =?utf-8?b?!!!?=\r\nFrom: <<>>\r\nTo: @@@\r\n\r\nx",
        b"Content-Type: text/plain; charset=no-such-set\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: image/\r\n\r\n",
    ):
        with smtplib.SMTP("127.0.0.1", inbox.smtp_port, timeout=10) as server:
            server.sendmail("a@example.com", ["b@example.com"], broken)
    page = get(inbox, "/")[2].decode()
    addresses = re.findall(r'href="(/mails/[^"]+)"', page)
    assert len(addresses) == 5
    assert [get(inbox, address)[0] for address in addresses] == [200] * 5


def test_a_half_written_mail_is_not_listed(tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    (tmp_path / "00000000000000000001-aaaa.new").write_bytes(b"Subject: half")
    assert (box.newest(), box.count()) == ([], 0)
