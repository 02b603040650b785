"""Who may do what with which request: every role, every kind of request, every way to it.

To add a way: write a function of `Cell` in ways.py that says what came of it, put it into WAYS there, and its row into
EXPECTED here. Each cell has to be written down there: what is missing is an error, not a pass.
"""

from copy import deepcopy

import pytest
from django.contrib.auth.models import Group, Permission
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
from partners.submissions.revoke import revoke_link
from tests import builders
from tests.partners.submissions.cell import ABSENT, DONE, LOGIN, NOTHING, REFUSED, SHOWN, UNSEEN, Cell
from tests.partners.submissions.conftest import set_state
from tests.partners.submissions.handovers import consent, viewer
from tests.partners.submissions.ways import WAYS

pytestmark = pytest.mark.django_db

# Of the partner 'own': agreed to the handover; agreed to nothing; withdrew; held back, and closed as spam, though
# agreed; erased. Then one that agreed to the handover to the partner 'other'.
REQUESTS = ("agreed", "not agreed", "withdrawn", "held", "spam", "erased", "foreign")


def every(outcome, **others):
    """Return a row: `outcome` for each kind of request but those in `others` (with _ for a space)."""
    named = {name.replace("_", " "): other for name, other in others.items()}
    assert named.keys() <= set(REQUESTS)
    return {kind: named.get(kind, outcome) for kind in REQUESTS}


# Roles that find no trace of the desk; and those who see all of it.
OUTSIDE = ("plain", "editor", "moderator", "partner", "other partner", "untied", "tied only", "auditor")
DESK = ("desk", "desk and tied", "superuser")
# Of them, those who edit nothing: the admin is closed to them but for what their rights open (closed_admin.py).
LOOKING = ("plain", "partner", "other partner", "untied", "tied only", "auditor")
ROLES = ("anonymous", *OUTSIDE, *DESK)


def table(*, desk, outside, **others):
    """Return the rows of one way: for the desk, for all others, and for those (with _ for a space) who differ.

    Nobody gets further than the log-in, nor those who edit nothing further than the admin's home.
    """
    rows = {"anonymous": every(LOGIN)} | dict.fromkeys(OUTSIDE, outside) | dict.fromkeys(DESK, desk)
    rows |= dict.fromkeys(LOOKING, every(REFUSED))
    named = {role.replace("_", " "): row for role, row in others.items()}
    assert named.keys() <= set(ROLES)
    return rows | named


NO_TRACE = table(desk=every(SHOWN), outside=every(ABSENT))
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
    ),
    "release": table(desk=every(NOTHING, held=DONE, spam=DONE), outside=every(REFUSED)),
    "spam": table(desk=every(NOTHING, held=DONE), outside=every(REFUSED)),
    "revoke": table(desk=every(DONE, held=ABSENT, spam=ABSENT), outside=every(ABSENT)),
    "correct the address": table(desk=every(DONE, held=NOTHING, spam=NOTHING, erased=NOTHING), outside=every(ABSENT)),
    "cancel": table(desk=every(DONE, held=ABSENT, spam=ABSENT), outside=every(ABSENT)),
    "withdraw": table(desk=every(DONE, not_agreed=ABSENT, withdrawn=ABSENT, erased=NOTHING), outside=every(ABSENT)),
    "export": table(desk=every(SHOWN), outside=every(REFUSED)),
    # Who holds the letter holds the link; the erased one's is another matter: see the tests of erasing.
    "link": dict.fromkeys(ROLES, every(SHOWN, held=ABSENT, spam=ABSENT)),
    # The token decides, and not who is logged in beside it; the log-in alone opens nothing.
    "API with the partner's token": dict.fromkeys(ROLES, every(ABSENT, agreed=SHOWN)),
    "API with the log-in": dict.fromkeys(ROLES, every(LOGIN)),
    "webhook": table(desk=every(SHOWN), outside=every(REFUSED)),
    "bulk page": table(desk=every(SHOWN), outside=every(REFUSED)),
    "bulk resend": table(desk=every(DONE, held=NOTHING, spam=NOTHING, erased=NOTHING), outside=every(REFUSED)),
    "bulk release": table(desk=every(NOTHING, held=DONE, spam=DONE), outside=every(REFUSED)),
    "bulk spam": table(desk=every(DONE, spam=NOTHING, erased=NOTHING), outside=every(REFUSED)),
    "bulk erase": table(desk=every(DONE), outside=every(REFUSED)),
    "bulk export": table(desk=every(SHOWN), outside=every(REFUSED)),
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
        untied=every(ABSENT),
        partner=every(ABSENT, agreed=SHOWN),
        other_partner=every(ABSENT, foreign=SHOWN),
    ),
    "tie a viewer": table(desk=every(DONE), outside=every(REFUSED)),
}


@pytest.fixture(scope="module")
def kept_own(rows_kept):
    return builders.partner("Tidewater Robotics")


@pytest.fixture
def own(db, kept_own):
    return deepcopy(kept_own)


@pytest.fixture(scope="module")
def kept_other(rows_kept):
    return builders.partner("Lanternbridge")


@pytest.fixture
def other(db, kept_other):
    return deepcopy(kept_other)


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
    came, shown = {}, {}
    for way, go in WAYS.items():
        for kind, submission in requests.items():
            # What one cell does is undone before the next.
            with transaction.atomic():
                came[way, kind] = go(Cell(client, submission, shown))
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
            answer = getattr(client, method)(reverse(name, args=[nowhere]))
            assert answer.status_code == (302 if role in LOOKING else 404)
            assert role not in LOOKING or answer.url == reverse("wagtailadmin_home")
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
