"""Who may do what with which request: every role, every kind of request, every way to it.

To add a way: write a function of `Cell` that says what came of it, put it into WAYS, and its row into EXPECTED. Each
cell has to be written down there: what is missing is an error, not a pass.
"""

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.test import Client
from django.urls import reverse
from wagtail.log_actions import log

from partners.brochures.consent_record import Means
from partners.brochures.quarantine import MARK_AS_SPAM, hold, mark_as_spam
from partners.brochures.sending import send_brochure
from partners.brochures.spam import Sign
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import withdraw
from partners.submissions.access_log import AccessRecord, Way, record_access
from partners.submissions.partner_viewer import PartnerViewer
from partners.submissions.revoke import revoke_link
from tests import builders
from tests.partners.submissions.conftest import set_state
from tests.partners.submissions.handovers import consent, viewer

pytestmark = pytest.mark.django_db

# Of the partner 'own': agreed to the handover; agreed to nothing; withdrew; held back, and closed as spam, though
# agreed; erased. Then one that agreed to the handover to the partner 'other'.
REQUESTS = ("agreed", "not agreed", "withdrawn", "held", "spam", "erased", "foreign")


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
    "access log as file": lambda cell: access_file(cell),
    "mail page": lambda cell: mail_page(cell),
    "partner's list": lambda cell: cell.rows("partner_requests"),
    "partner's search": lambda cell: cell.rows("partner_requests_results", f"?q={cell.submission.reference}"),
    "partner's detail": lambda cell: cell.page("partner_request", cell.submission.pk),
    "tie a viewer": tie,
}


def access_file(cell):
    response, came = cell.answer(reverse("access_log"), query="?export=csv")
    if came:
        return came
    return SHOWN if cell.submission.reference in b"".join(response.streaming_content).decode() else UNSEEN


def mail_page(cell):
    return cell.answer(reverse("mail_status"))[1] or SHOWN


def every(outcome, **others):
    """Return a row: `outcome` for each kind of request but those in `others` (with _ for a space)."""
    named = {name.replace("_", " "): other for name, other in others.items()}
    assert named.keys() <= set(REQUESTS)
    return {kind: named.get(kind, outcome) for kind in REQUESTS}


# Roles that find no trace of the desk; and those who see all of it.
OUTSIDE = ("plain", "editor", "moderator", "partner", "other partner", "untied", "tied only", "auditor")
DESK = ("desk", "desk and tied", "superuser")
VIEWERS = ("partner", "other partner", "untied")
ROLES = ("anonymous", *OUTSIDE, *DESK)


def table(*, desk, outside, **others):
    """Return the rows of one way: for the desk, for all others, and for those (with _ for a space) who differ.

    Nobody gets further than the log-in.
    """
    rows = {"anonymous": every(LOGIN)} | dict.fromkeys(OUTSIDE, outside) | dict.fromkeys(DESK, desk)
    named = {role.replace("_", " "): row for role, row in others.items()}
    assert named.keys() <= set(ROLES)
    return rows | named


# A partner's viewer is refused, not told 'no such page', at the desk's page of a request that the own page shows.
OWN_AT_DESK = {"partner": every(ABSENT, agreed=REFUSED), "other_partner": every(ABSENT, foreign=REFUSED)}
NO_TRACE = table(desk=every(SHOWN), outside=every(ABSENT), **OWN_AT_DESK)
AT_PARTNERS = {"partner": every(UNSEEN, agreed=SHOWN), "other_partner": every(UNSEEN, foreign=SHOWN)}

EXPECTED = {
    "list": table(desk=every(SHOWN), outside=every(REFUSED)),
    "search": table(desk=every(SHOWN), outside=every(REFUSED)),
    "detail": NO_TRACE,
    "history": NO_TRACE,
    "resend page": NO_TRACE,
    "resend": table(
        desk=every(DONE, held=NOTHING, spam=NOTHING, erased=NOTHING),
        outside=every(ABSENT),
        **OWN_AT_DESK,
    ),
    "release": table(desk=every(NOTHING, held=DONE, spam=DONE), outside=every(REFUSED)),
    "spam": table(desk=every(NOTHING, held=DONE), outside=every(REFUSED)),
    "revoke": table(desk=every(DONE, held=ABSENT, spam=ABSENT), outside=every(ABSENT), **OWN_AT_DESK),
    "file in the admin": table(
        desk=every(REFUSED), outside=every(REFUSED), editor=every(SHOWN), moderator=every(SHOWN), superuser=every(SHOWN)
    ),
    # References and names of the desk's people, for those who watch over it.
    "site history": table(desk=every(SHOWN), outside=every(UNSEEN), auditor=every(SHOWN)),
    "access log": table(desk=every(REFUSED), outside=every(REFUSED), auditor=every(SHOWN), superuser=every(SHOWN)),
    "access log as file": table(
        desk=every(REFUSED), outside=every(REFUSED), auditor=every(SHOWN), superuser=every(SHOWN)
    ),
    "mail page": table(desk=every(SHOWN), outside=every(REFUSED)),
    "partner's list": table(desk=every(REFUSED), outside=every(REFUSED), untied=every(UNSEEN), **AT_PARTNERS),
    "partner's search": table(desk=every(REFUSED), outside=every(REFUSED), untied=every(UNSEEN), **AT_PARTNERS),
    "partner's detail": table(
        desk=every(ABSENT),
        outside=every(ABSENT),
        partner=every(ABSENT, agreed=SHOWN),
        other_partner=every(ABSENT, foreign=SHOWN),
    ),
    "tie a viewer": table(desk=every(DONE), outside=every(REFUSED)),
}


@pytest.fixture
def own():
    return builders.partner("Tidewater Robotics")


@pytest.fixture
def other():
    return builders.partner("Lanternbridge")


@pytest.fixture
def requests(own, other, make_submission, superuser):
    """Return a request of each kind, by its name; every one was seen and acted upon by the desk."""
    forms = {"own": builders.request_page(own), "other": builders.request_page(other)}
    made = {}
    for kind in REQUESTS:
        form = forms["other" if kind == "foreign" else "own"]
        made[kind] = make_submission(
            form_page=form,
            brochure=form.brochure,
            brochure_file=form.brochure.files.get(),
            sent=False,
            name=f"Person {kind.title()}",
            email=f"{kind.replace(' ', '-')}@reader.example",
        )
        consent(made[kind], ticked=kind != "not agreed")
        if kind in {"held", "spam"}:
            hold(made[kind], [Sign.TOO_FAST])
        else:
            send_brochure(made[kind])
            set_state(made[kind], "sent")
    withdraw(made["withdrawn"], ["handover"], Means.SELF_SERVICE)
    mark_as_spam(made["spam"], by=superuser)
    Submission.objects.filter(pk=made["erased"].pk).update(email="", name="", company="", answers=[])
    for submission in made.values():
        submission.refresh_from_db()
        log(instance=submission, action=MARK_AS_SPAM, user=superuser)
        record_access(Way.DETAIL, user=superuser, submission=submission)
    return made


@pytest.fixture
def users(own, other, superuser):
    """Return a user for each role but the one who is nobody."""
    Group.objects.create(name="Plain").permissions.add(Permission.objects.get(codename="access_admin"))
    return {
        "plain": viewer("plain", group="Plain"),
        "editor": viewer("editor", group="Editors"),
        "moderator": viewer("moderator", group="Moderators"),
        "partner": viewer("partner", own),
        "other partner": viewer("other", other),
        "untied": viewer("untied"),
        "tied only": viewer("tied", own, other, group="Plain"),
        "auditor": viewer("auditor", group="Auditors"),
        "desk": viewer("desk-user", group="Submission admins"),
        "desk and tied": viewer("desk-tied", own, group="Submission admins"),
        "superuser": superuser,
    }


def test_every_cell_is_written_down():
    assert EXPECTED.keys() == WAYS.keys()
    for way, rows in EXPECTED.items():
        assert rows.keys() == set(ROLES), way
        assert all(row.keys() == set(REQUESTS) for row in rows.values()), way


@pytest.mark.parametrize("role", ROLES)
def test_role_gets_what_it_may_and_nothing_else(role, requests, users):
    client = Client()
    if role != "anonymous":
        client.force_login(users[role])
    came = {}
    for way, go in WAYS.items():
        for kind, submission in requests.items():
            # What one cell does is undone before the next.
            with transaction.atomic():
                came[way, kind] = go(Cell(client, submission))
                transaction.set_rollback(True)
    expected = {(way, kind): EXPECTED[way][role][kind] for way in WAYS for kind in REQUESTS}
    differing = {cell: (came[cell], expected[cell]) for cell in came if came[cell] != expected[cell]}
    assert differing == {}


@pytest.mark.parametrize("role", OUTSIDE)
def test_id_that_does_not_exist_is_answered_as_one_that_may_not_be_seen(role, requests, users):
    client = Client()
    client.force_login(users[role])
    nowhere = Submission.objects.order_by("-pk").first().pk + 1000
    for name in ("brochure_requests:inspect", "brochure_requests:history", "brochure_requests:resend"):
        for method in ("get", "post"):
            assert getattr(client, method)(reverse(name, args=[nowhere])).status_code == 404
    for name in ("brochure_requests:release", "brochure_requests:spam"):
        there = client.post(reverse(name, args=[requests["held"].pk]))
        answer = client.post(reverse(name, args=[nowhere]))
        path = reverse(name, args=[nowhere])
        assert (answer.status_code, answer.url.replace(path, "")) == (
            there.status_code,
            there.url.replace(reverse(name, args=[requests["held"].pk]), ""),
        )


def test_links_of_another_request_are_not_revoked_through_an_own_one(requests, users):
    desk = Client()
    desk.force_login(users["desk"])
    foreign = requests["foreign"].links.get()
    url = reverse("brochure_requests:revoke_link", args=[requests["agreed"].pk, foreign.pk])
    assert desk.post(url).status_code == 404
    assert revoke_link(foreign, users["desk"])


def test_what_was_seen_stands_in_the_log_and_what_was_refused_does_not(requests, users):
    before = set(AccessRecord.objects.values_list("pk", flat=True))
    for role in ("editor", "untied", "auditor", "other partner"):
        client = Client()
        client.force_login(users[role])
        for name in ("brochure_requests:inspect", "partner_request"):
            client.get(reverse(name, args=[requests["agreed"].pk]))
    assert not AccessRecord.objects.exclude(pk__in=before).exists()
