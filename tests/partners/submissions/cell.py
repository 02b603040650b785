"""One cell of the matrix of rights: a user's browser, a request, and what may come of asking for it."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from partners.brochures.submission import Submission

# What came of it.
SHOWN = "shown"  # the request, or what the page is about, stands there
UNSEEN = "unseen"  # the page is shown, and the request is not on it
DONE = "done"  # the act has happened
NOTHING = "nothing"  # who may act was told that this request is past it
ABSENT = "absent"  # 404, as for an id that does not exist
REFUSED = "refused"  # sent to the admin's home with a message
LOGIN = "login"  # sent to the log-in


@dataclass(frozen=True)
class Cell:
    """A user's browser, and the request that it is after; and which pages it has been shown before, by address.

    What one cell does is undone before the next, so a list that is asked for again is the same.
    """

    client: Client
    submission: Submission
    shown: dict[str, Any] = field(default_factory=dict)

    def answer(self, url, query=""):
        """Ask, and return the response and what it comes to so far: None where it has to be looked into."""
        if url + query not in self.shown:
            response = self.shown[url + query] = self.client.get(url + query)
            response.body = response.getvalue()
        response = self.shown[url + query]
        if response.status_code == 404:
            came = ABSENT
        elif response.status_code == 302 and response.url.startswith(reverse("wagtailadmin_login")):
            came = LOGIN
        elif response.status_code == 302 and response.url == reverse("wagtailadmin_home"):
            came = REFUSED
        else:
            came = None
        return response, came

    def page(self, name, *args, query=""):
        """Look at a page; anything but the page itself must not name the person."""
        response, came = self.answer(reverse(name, args=args), query=query)
        if came is None:
            assert response.status_code == 200
            return SHOWN if self.submission.reference in response.content.decode() else UNSEEN
        self.assert_silent(response)
        return came

    def rows(self, name, query=""):
        """Look at a list, and say whether the request is a row of it."""
        response, came = self.answer(reverse(name), query=query)
        if came is None:
            assert response.status_code == 200
            return SHOWN if self.submission in response.context["object_list"] else UNSEEN
        self.assert_silent(response)
        return came

    def act(self, name, happened, *args, data=None):
        """Press a button, and say whether it `happened`."""
        response = self.client.post(reverse(name, args=[self.submission.pk, *args]), data or {})
        self.assert_silent(response)
        if happened():
            return DONE
        assert response.status_code in {302, 404}
        if response.status_code == 404:
            return ABSENT
        if response.url.startswith(reverse("wagtailadmin_login")):
            return LOGIN
        return REFUSED if response.url == reverse("wagtailadmin_home") else NOTHING

    def assert_silent(self, response):
        """Fail where the answer says anything of the person."""
        text = response.content.decode()
        assert self.submission.name not in text or not self.submission.name
        assert self.submission.email not in text or not self.submission.email
