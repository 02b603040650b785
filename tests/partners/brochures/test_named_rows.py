"""partners/brochures/named_rows.py: who asks for what is being deleted waits for it, and nobody waits for him."""

import re
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, connections

from partners.brochures import form_write
from partners.brochures.form_write import FormWrite
from partners.brochures.intake import FormGone, accept_request
from partners.brochures.named_rows import holding_named
from partners.brochures.staff_notice import StaffRecipient
from partners.brochures.submission import Submission
from tests import builders
from tests.faults.waiting import wait_until
from tests.partners.brochures.elsewhere import open_elsewhere
from tests.partners.brochures.test_form_write import HERE, asked, gathered
from tests.partners.brochures.test_form_write_connection import waits_for_a_lock
from tests.partners.brochures.test_intake import NEWS
from tests.partners.statements import statements

pytestmark = pytest.mark.usefixtures("forgotten")


@pytest.fixture
def named(committed_page):
    """Return all that a form of `committed_page` names, by table."""
    partner = committed_page.get_parent().specific
    recipient = StaffRecipient.objects.create(form_page=committed_page, email="staff@example.com")
    return {
        "partners_partnerarticlepage": builders.article(partner),
        "partners_staffrecipient": recipient,
        "partners_brochurerequestpage": committed_page,
        "partners_partnerpage": partner,
        "partners_brochurefile": committed_page.brochure.files.get(),
        "partners_brochure": committed_page.brochure,
    }


@pytest.fixture
def other_page(committed_page):
    """A form of another partner, removed before the first one's limits."""
    page = builders.request_page(of=builders.brochure(title="Another"))
    partner, brochure = page.get_parent().specific, page.brochure
    yield page
    Submission.objects.all().delete()
    logo = partner.logo
    partner.delete()
    brochure.delete()
    logo.delete()


def lock(row):
    """Lock `row` as a deletion does."""
    of = type(row)._meta
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT FROM "{of.db_table}" WHERE "{of.pk.column}" = %s FOR UPDATE', [row.pk])


class Meanwhile:
    """Something that is done on a connection of its own, and has to wait for a lock."""

    def __init__(self, act):
        self.outcome, self._pid = [], None
        self._thread = threading.Thread(target=self._run, args=[act])

    def _run(self, act):
        try:
            connection.ensure_connection()
            self._pid = connection.connection.info.backend_pid
            self.outcome.append(act())
        except Exception as error:  # noqa: BLE001  asserted on
            self.outcome.append(error)
        finally:
            connections.close_all()

    def begin(self):
        self._thread.start()
        wait_until(lambda: self._pid is not None and waits_for_a_lock(self._pid), 30, "it waits")

    def end(self):
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.outcome[0]


def alone(request):
    return accept_request(request, HERE)


def together(request):
    return FormWrite.carry_out(gathered(request))


def several(request):
    return accept_request(replace(request, consents=NEWS), HERE)


WAYS = [alone, together, several]
TABLES = [
    "partners_partnerpage",
    "partners_staffrecipient",
    "partners_partnerarticlepage",
    "partners_brochurerequestpage",
    "partners_brochurefile",
    "partners_brochure",
]


def accepted_at_once(request):
    """Have `request` accepted, and fail where it has to wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
    try:
        return accept_request(request, HERE)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("table", TABLES)
def test_who_names_what_is_being_deleted_waits_and_nobody_waits_for_him(named, other_page, monkeypatch, way, table):
    monkeypatch.setattr(form_write, "LOCK_SECONDS", 30)
    article = named["partners_partnerarticlepage"]
    [doomed] = asked(named["partners_brochurerequestpage"], "doomed", article=article)
    [innocent] = asked(other_page, "innocent")
    waiting = Meanwhile(lambda: way(doomed))
    with open_elsewhere(lambda: lock(named[table])):
        waiting.begin()
        accepted_at_once(innocent)
        assert [one.email for one in Submission.objects.all()] == [innocent.email]
        assert waiting.outcome == []
    assert not isinstance(waiting.end(), Exception)
    assert Submission.objects.count() == 2


@pytest.mark.parametrize(("way", "error"), [(alone, FormGone), (together, IntegrityError), (several, FormGone)])
def test_who_has_waited_for_a_form_that_is_gone_then_is_told_so(named, monkeypatch, way, error):
    """Of several nothing is written, and each finds out by itself."""
    monkeypatch.setattr(form_write, "LOCK_SECONDS", 30)
    page = named["partners_brochurerequestpage"]
    [doomed] = asked(page, "doomed")
    waiting = Meanwhile(lambda: way(doomed))
    with open_elsewhere(lambda: type(page).objects.get(pk=page.pk).delete()):
        waiting.begin()
    assert isinstance(waiting.end(), error)
    assert not Submission.objects.exists()
    with pytest.raises(FormGone):
        accept_request(doomed, HERE)


@pytest.mark.django_db
def test_all_is_held_in_the_order_in_which_a_deletion_takes_it():
    page = builders.request_page()
    partner, brochure = page.get_parent().specific, page.brochure
    article = builders.article(partner)
    StaffRecipient.objects.create(form_page=page, email="staff@example.com")
    with gathered_rows() as written:
        accept_request(replace(asked(page, "ann")[0], article=article), HERE)
    [named] = holding_named(written)
    held = re.findall(r'FROM "(\w+)"', named.sql)
    assert sorted(held) == sorted(TABLES)
    Submission.objects.all().delete()
    with statements() as asked_for:
        partner.delete()
        brochure.delete()
    deleted = [found[1] for one in asked_for if (found := re.match(r'DELETE FROM "(\w+)"', one.sql))]
    assert [table for table in deleted if table in TABLES] == held


@contextmanager
def gathered_rows():
    """Note the rows of the form that is written meanwhile."""
    written = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FormWrite, "write", lambda self: written.extend(self.rows))
        yield written
