"""partners/delivery/mail_bytes.py: a mail with a large attachment has the bytes that the email package makes of it."""

import re
from email import message_from_bytes
from email.message import MIMEPart
from email.policy import SMTP, SMTPUTF8, EmailPolicy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.delivery.letters import Attachment, Letter
from partners.delivery.mail_bytes import as_bytes
from partners.delivery.outside import Envelope
from partners.delivery.smtp import as_email

# What is drawn by lot each time.
BOUNDARY = re.compile(rb"={5,}\d+==")
DATE = re.compile(rb"(?m)^Date: .*$")


def mail(*attachments: Attachment):
    letter = Letter(subject="前海", text="Here it is.\n", html="<p>Here it is.</p>", attachments=attachments)
    return as_email(Envelope(to="reader@example.com", message_id="<1@example.com>", letter=letter))


def alike(content: bytes) -> bytes:
    return DATE.sub(b"Date:", BOUNDARY.sub(b"=====", content))


@pytest.mark.parametrize("policy", [SMTP, SMTPUTF8])
@given(
    sizes=st.lists(st.integers(0, 20_000) | st.sampled_from([4095, 4096, 4104, 5700, 5701]), max_size=3),
    seed=st.binary(min_size=1, max_size=40),
)
@settings(max_examples=60, deadline=None)
def test_the_bytes_are_those_of_the_email_package(policy: EmailPolicy, sizes: list[int], seed: bytes):
    files = [
        Attachment(f"報告-{size}.pdf", (seed * (size // len(seed) + 1))[:size], "application/pdf") for size in sizes
    ]
    message = mail(*files)
    attached = list(message.attachments)

    assert alike(as_bytes(message, policy)) == alike(message.message(policy=policy).as_bytes())
    assert message.attachments == attached


def test_text_and_parts_are_left_to_the_email_package():
    message = mail(Attachment("notes.csv", b"a,b\r\n.\r\n" * 2000, "text/csv"))
    part = MIMEPart(policy=SMTP)
    part.set_content("x" * 10_000)
    message.attach(part)

    assert alike(as_bytes(message, SMTP)) == alike(message.message(policy=SMTP).as_bytes())


def test_what_arrives_is_what_was_attached():
    content = bytes(range(256)) * 1200
    (_body, part) = message_from_bytes(
        as_bytes(mail(Attachment("a.pdf", content, "application/pdf")), SMTP)
    ).get_payload()
    assert part.get_payload(decode=True) == content
    assert part.get_filename() == "a.pdf"


def test_a_mail_that_cannot_be_written_keeps_its_attachments():
    message = mail(Attachment("a.pdf", b"%PDF" * 2000, "application/pdf"))
    attached = list(message.attachments)
    message.subject = "two\nlines"
    with pytest.raises(ValueError, match=r"newline|linefeed|CR or LF"):
        as_bytes(message, SMTP)
    assert message.attachments == attached
