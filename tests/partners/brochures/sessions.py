"""A visitor's browser as far as the form can tell: it loads the page, waits, and sends what the page's inputs hold."""

import itertools
from urllib.parse import urlencode

from bs4 import BeautifulSoup
from django.test import Client

from partners.brochures import form_key
from partners.brochures.circumstances import TRAP_FIELD

_networks = itertools.count(1)


class Clock:
    """The time that forms are dated by; it stands still but for `wait`."""

    def __init__(self, monkeypatch):
        self.time = form_key.now()
        monkeypatch.setattr(form_key, "now", lambda: self.time)

    def wait(self, seconds):
        self.time += seconds


def a_network():
    """Return an address in a network of its own."""
    number = next(_networks)
    return f"100.{64 + number // 256}.{number % 256}.7"


class Session:
    """One browser, with its cookies and its address on the network."""

    def __init__(self, clock, remote=None, **headers):
        self.clock = clock
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR=remote or a_network(), **headers)

    def open(self, page):
        """Load the form and return what its inputs hold."""
        return self._inputs(self.client.get(page.url).content)

    def send(self, page, inputs, *, after=0.0, **typed):
        """Type, wait so many seconds since the last act, press the button; return the answer."""
        self.clock.wait(after)
        body = urlencode({**inputs, **typed})
        return self.client.post(page.url, body, content_type="application/x-www-form-urlencoded")

    def ask(self, page, *, after, **typed):
        """Load the form, fill it in, send it after so many seconds, and follow to the thank-you."""
        return self.thanked(self.send(page, self.open(page), after=after, **typed))

    def thanked(self, response):
        """Return `response`, which must lead to a thank-you."""
        assert response.status_code == 303, BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)
        assert self.client.get(response.headers["Location"]).status_code == 200
        return response

    def renewed(self, response):
        """Return what the inputs of a refused form hold: all that was typed is among it."""
        assert response.status_code == 422
        return self._inputs(response.content)

    def _inputs(self, html):
        # The form alone: reading whole pages would take most of the time of a test.
        form = BeautifulSoup(html.decode().partition("data-brochure-request")[2].partition("</form>")[0], "html.parser")
        assert form.find("input", attrs={"name": TRAP_FIELD}) is not None
        return {field["name"]: field.get("value", "") for field in form.find_all("input")}
