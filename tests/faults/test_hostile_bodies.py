"""What a hostile hand can put into a form's body: never a 5xx, and never a header that is not ours.

900 bodies; FAULTS=long or BODIES=10000 make more. pytest -rP shows what became of them.
"""

import email
import email.policy
import json
import os
from collections import Counter
from urllib.parse import quote_from_bytes

import pytest
from django.db.models.functions import Now
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.brochures.circumstances import TRAP_FIELD
from partners.brochures.form import new_key
from partners.brochures.letters import build_brochure_letter
from partners.brochures.proof_of_work import PROOF_FIELD
from partners.brochures.sending import send_brochure
from partners.brochures.submission import Submission
from partners.delivery.outside import Envelope
from partners.delivery.smtp import as_email
from tests import builders

# About so many of them are the corpus's; the rest is made up by Hypothesis.
OF_CORPUS = 550
BODIES = int(os.environ.get("BODIES") or (10_000 if os.environ.get("FAULTS") == "long" else 900))
FIELDS = ["name", "email", "company", "key", "article", "csrfmiddlewaretoken", TRAP_FIELD, PROOF_FIELD]
GOOD = {"name": "Reader", "email": "reader@example.com", "company": "Harbour Works", "article": ""}
HEADERS = {
    *("from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type"),
    *("content-transfer-encoding", "auto-submitted", "x-auto-response-suppress"),
}
NASTY = [
    "\x00", "a\x00b@example.com", "Ann\r\nBcc: x@evil.example", "Ann\nX-Injected: 1", "Ann\r\n\r\n<html>body",
    "a@example.com\r\nBcc: x@evil.example", "a@example.com,b@example.com", "a@example.com%0d%0aBcc:x@evil.example",
    '"a\r\nX-Injected: 1"@example.com', '"very odd"@example.com', "a@[127.0.0.1]", "<a@example.com>",
    "=?utf-8?q?=0D=0AX-Injected:_1?=", "Ann\u2028X-Injected: 1", "Ann\u0085X-Injected: 1", "Ann\x0b\x0cX-Injected: 1",
    '"\x0c"@example.com', '"a\x1cb"@example.com', '"\x7f"@example.com', "a@exa\u202emple.com", "a@exa\u200dmple.com",
    "\u202egnp.exe", "\u2066Ann\u2069", "\u200b\u200c\u200d\ufeff", "مرحبا بالعالم", "שלום", "a@пример.рф",
    "陳@例子.測試", "a@xn--fsqu00a.xn--g6w251d", "a@" + "x" * 64 + ".example", "a" * 64 + "@example.com",
    "a@xn--", "a@xn--\u0000.com", "😀" * 30, "👩‍👩‍👧‍👦@example.com", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ", "\ud800", "\udfff\ud800",
    "{{ 7|add:7 }}", "{% include 'admin/base.html' %}", "{% debug %}", "{{ settings.SECRET_KEY }}", "${7*7}", "#{7*7}",
    "%(name)s %s %n %x", "{0} {name} {0.__class__}", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "'; DROP TABLE partners_submission; --", "' OR '1'='1", "1); SELECT pg_sleep(10); --", "\\'; --", "$$", "E'\\x00'",
    "../../etc/passwd", "C:\\Windows\\win.ini", "file:///etc/passwd", "true", "null", "NaN", "-0", "1e999", "٣", "９",
    "\t\n\r ", "", " ", "=cmd|' /C calc'!A0", "\x1b[31m", "\x7f", "\ufffe\uffff",
]  # fmt: skip
HUGE = ["x" * 1_000_000, "é" * 300_000]
RAW = [b"\xff\xfe\xfd", b"\x80abc", b"\xc0\xaf", b"\xed\xa0\x80", b"%00", b"%", b"%zz", b"a%FFb", b"\x00" * 20]
TYPES = [
    *("application/json", "text/plain", "", "application/xml", "multipart/form-data", "multipart/mixed; boundary=x"),
    *("multipart/form-data; boundary=", 'multipart/form-data; boundary="x'),
    f"multipart/form-data; boundary={'x' * 300}",
    *("application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=nonsense"),
    *("application/x-www-form-urlencoded; charset=hex", "application/x-www-form-urlencoded; charset=utf-8"),
]
CHARSETS = [
    "utf-7",
    "utf-16",
    "hex",
    "rot13",
    "base64",
    "idna",
    "undefined",
    "nonsense",
    "latin-1",
    "UTF-8",
    "us-ascii",
]
URLENCODED = "application/x-www-form-urlencoded"
pytestmark = [pytest.mark.django_db, pytest.mark.fault]


class Target:
    """The form, and what became of the bodies that were thrown at it."""

    def __init__(self):
        self.page = builders.request_page()
        self.statuses, self.letters = Counter(), 0
        self.client = Client(raise_request_exception=False)
        self.seen = 0

    def throw(self, body, content_type, **environ):
        response = self.client.generic("POST", self.page.url, body, content_type=content_type, **environ)
        self.statuses[response.status_code] += 1
        assert response.status_code < 500, (response.status_code, content_type, body[:300])
        assert "X-Injected" not in response.headers
        if response.status_code == 303:
            assert "evil" not in response.headers["Location"]
            if self.statuses[303] % 10 == 1:
                assert self.client.get(response.headers["Location"]).status_code == 200
            self.check_letters()

    def fields(self, **changes):
        """Send the form as a browser would, with `changes` made: texts or bytes."""
        values = {**GOOD, "key": new_key(), **changes}
        pairs = (f"{name}={quote_from_bytes(encoded(value))}" for name, value in values.items())
        self.throw("&".join(pairs).encode(), URLENCODED)

    def parts(self, charset=None, **changes):
        """Send the form as a browser's FormData would."""
        values = {**GOOD, "key": new_key(), **changes}
        body = b"".join(
            b'--frontier\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), encoded(value))
            for name, value in values.items()
        )
        suffix = f"; charset={charset}" if charset else ""
        self.throw(body + b"--frontier--\r\n", f"multipart/form-data; boundary=frontier{suffix}")

    def check_letters(self):
        """Build the letter of whatever was accepted since, as it would go out, and look at its headers."""
        for submission in Submission.objects.filter(pk__gt=self.seen).order_by("pk"):
            self.seen = submission.pk
            if not (message := submission.messages.first()):
                # It was held back: as it would go out after its release.
                Submission.objects.filter(pk=submission.pk).update(released_at=Now())
                message = send_brochure(submission)
            letter = build_brochure_letter(message)
            envelope = Envelope(to=message.to, message_id=message.message_id, letter=letter)
            wire = as_email(envelope).message(policy=email.policy.SMTPUTF8).as_bytes()
            mail = email.message_from_bytes(wire, policy=email.policy.default)
            assert {name.lower() for name in mail} <= HEADERS, (submission.email, list(mail))
            assert len(mail.keys()) == len(set(mail.keys()))
            assert len(mail["To"].addresses) == 1
            assert b"\nX-Injected" not in wire.partition(b"\n\n")[0].replace(b"\r", b"")
            assert "{{" not in mail["Subject"]
            self.letters += 1


def encoded(value):
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


@pytest.fixture
def target():
    made = Target()
    yield made
    statuses = dict(sorted(made.statuses.items()))
    print(f"{sum(statuses.values())} bodies: {statuses}; {made.letters} letters looked at")
    assert not [status for status in made.statuses if status >= 500]


@pytest.mark.timeout(1800)
def test_corpus(target):
    """Every nasty text in every field, in both encodings of forms; bodies and types that are no form at all."""
    for number, text in enumerate([*HUGE, *NASTY, *RAW]):
        for field in FIELDS[:4]:
            target.fields(**{field: text})
        # Of what no person types, each text in one.
        target.fields(**{FIELDS[4 + number % 4]: text})
        target.parts(**{FIELDS[number % 8]: text})
    for charset in CHARSETS:
        target.parts(charset)
    for content_type in TYPES:
        for body in (b"", b"{}", json.dumps(GOOD).encode(), b"--x\r\n", b"\x00", b"name=a&name=b&" * 20):
            target.throw(body, content_type)
    for length in ("-1", "abc", "0", "99999999999", "1e3", "٣"):
        target.throw(b"name=a", URLENCODED, CONTENT_LENGTH=length)
    target.throw(b"&".join(b"f%d=x" % number for number in range(10_100)), URLENCODED)
    target.throw(b"x" * 5_000_000, URLENCODED)
    assert abs(target.statuses.total() - OF_CORPUS) < 50
    assert target.statuses[303] > 50
    assert target.statuses[413]
    assert target.letters > 50


TEXT = st.one_of(
    st.text(max_size=200),
    st.text(alphabet=st.characters(codec=None), max_size=40),
    st.sampled_from([text for text in NASTY if text]),
    st.binary(max_size=80),
    st.emails(),
    st.builds("{}{}{}".format, st.text(max_size=20), st.sampled_from(NASTY[:40]), st.text(max_size=20)),
)
JUNK = st.one_of(st.none(), st.none(), st.tuples(st.binary(max_size=300), st.sampled_from(TYPES)))
FORM = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, TEXT))


@pytest.mark.timeout(3600)
def test_bodies_that_nobody_thought_of(target):
    @settings(max_examples=BODIES - OF_CORPUS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(changes=FORM, as_parts=st.booleans(), junk=JUNK)
    def throw(changes, as_parts, junk):
        if junk:
            target.throw(*junk)
        elif as_parts:
            target.parts(**changes)
        else:
            target.fields(**changes)

    throw()
    assert target.statuses[303] > (BODIES - OF_CORPUS) / 50
