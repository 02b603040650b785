"""The ways to a request, and what may come of each: what the matrix of rights is made of."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from partners.brochures.submission import Submission
from partners.submissions.partner_viewer import PartnerViewer

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
    """A user's browser, and the request that it is after."""

    client: Client
    submission: Submission

    def answer(self, url, method="get", query=""):
        """Ask, and return the response and what it comes to so far: None where it has to be looked into."""
        response = getattr(self.client, method)(url + query)
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


def search(cell):
    return cell.rows("brochure_requests:index_results", f"?q={cell.submission.reference}")


def resend(cell):
    newest = cell.submission.messages.order_by("-pk").first()
    before = cell.submission.messages.count()
    seen = {"seen": newest.pk} if newest else {}
    return cell.act("brochure_requests:resend", lambda: cell.submission.messages.count() > before, data=seen)


def release(cell):
    rows = Submission.objects.filter(pk=cell.submission.pk, released_at__isnull=False)
    return cell.act("brochure_requests:release", rows.exists)


def spam(cell):
    before = cell.submission.spam_at
    rows = Submission.objects.filter(pk=cell.submission.pk, spam_at__isnull=False).exclude(spam_at=before)
    return cell.act("brochure_requests:spam", lambda: before is None and rows.exists())


def revoke(cell):
    link = cell.submission.links.first()
    revoked = cell.submission.links.filter(revoked_at__isnull=False)
    return cell.act("brochure_requests:revoke_link", revoked.exists, link.pk if link else 0)


def brochure_file(cell):
    response, came = cell.answer(
        reverse("wagtailsnippets_partners_brochure:file", args=[cell.submission.brochure_file_id])
    )
    if came is None:
        assert b"".join(response.streaming_content).startswith(b"%PDF")
    return came or SHOWN


def tie(cell):
    """Tie a viewer to the partner of the request."""
    untied = User.objects.get(username="untied")
    data = {"user": untied.pk, "partner": cell.submission.form_page.get_parent().pk}
    response = cell.client.post(reverse("partner_viewers:add"), data)
    if PartnerViewer.objects.filter(user=untied).exists():
        return DONE
    return LOGIN if response.url.startswith(reverse("wagtailadmin_login")) else REFUSED


def access_file(cell):
    response, came = cell.answer(reverse("access_log"), query="?export=csv")
    if came:
        return came
    return SHOWN if cell.submission.reference in b"".join(response.streaming_content).decode() else UNSEEN


def mail_page(cell):
    return cell.answer(reverse("mail_status"))[1] or SHOWN


WAYS = {
    "list": lambda cell: cell.rows("brochure_requests:index"),
    "search": search,
    "detail": lambda cell: cell.page("brochure_requests:inspect", cell.submission.pk),
    "history": lambda cell: cell.page("brochure_requests:history", cell.submission.pk),
    "resend page": lambda cell: cell.page("brochure_requests:resend", cell.submission.pk),
    "resend": resend,
    "release": release,
    "spam": spam,
    "revoke": revoke,
    "file in the admin": brochure_file,
    "site history": lambda cell: cell.page("wagtailadmin_reports:site_history"),
    "access log": lambda cell: cell.page("access_log"),
    "access log as file": access_file,
    "mail page": mail_page,
    "partner's list": lambda cell: cell.rows("partner_requests"),
    "partner's search": lambda cell: cell.rows("partner_requests_results", f"?q={cell.submission.reference}"),
    "partner's detail": lambda cell: cell.page("partner_request", cell.submission.pk),
    "tie a viewer": tie,
}
