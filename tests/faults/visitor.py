"""A reader who opens the form and sends it, over HTTP as a browser does it."""

import http.client
import re
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input type="hidden"\s+name="([^"]+)"(?:\s+value="([^"]*)")?')


@dataclass
class Answer:
    """What came back: a status, the words, where it leads."""

    status: int
    text: str
    headers: dict[str, str]


@dataclass
class Visitor:
    """One reader with one address; the form, once opened, can be sent again and again with its one key."""

    port: int
    path: str
    email: str
    seconds: float = 30.0
    fields: dict[str, str] = field(default_factory=dict)
    cookie: str = ""
    line: http.client.HTTPConnection | None = None

    def open_form(self) -> None:
        """Fetch the form with its key, and keep the line open. Raises AssertionError for an answer but 200."""
        self._request("GET")
        answer = self.answer()
        assert answer.status == 200, f"{answer.status}: {answer.text[:500]}"
        self.cookie = answer.headers["set-cookie"].split(";")[0]
        self.fields = {name: unescape(value) for name, value in HIDDEN.findall(answer.text)}
        assert self.fields["key"]
        # A name of one's own: the same words from many mailboxes look like a robot's.
        name = "Reader " + "".join(
            chr(ord("a") + int(digit, 16)) for digit in sha256(self.email.encode()).hexdigest()[:12]
        )
        self.fields |= {"name": name, "email": self.email, "company": "Kept & Co"}

    def send(self) -> Answer | None:
        """Send the form; None where no answer came."""
        try:
            self.post()
            return self.answer()
        except (OSError, http.client.HTTPException):
            self.leave()
            return None

    def post(self) -> None:
        """Send the form, and wait for no answer. Raises OSError where it cannot be sent."""
        self._request("POST", urlencode(self.fields))

    def answer(self) -> Answer:
        """Return what is answered to what was sent. Raises OSError or HTTPException where nothing is."""
        assert self.line is not None, "nothing was sent"
        answer = self.line.getresponse()
        text = answer.read().decode()
        return Answer(answer.status, text, {name.lower(): value for name, value in answer.getheaders()})

    def leave(self) -> None:
        """Close the line."""
        if self.line is not None:
            self.line.close()
            self.line = None

    def _request(self, method: str, body: str | None = None) -> None:
        if self.line is None:
            self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.seconds)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie} if body else {}
        self.line.request(method, self.path, body, headers)
