"""partners/submissions/exporting/making.py, asking.py: an export is whole, or there is none."""

import hashlib
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from partners.brochures.consent_record import ConsentEvent, Means
from partners.brochures.withdrawing import withdraw
from partners.submissions.exporting import making, rows
from partners.submissions.exporting.asking import TooManyExports, ask_for_export
from partners.submissions.exporting.ending import (
    cancel_export,
    expire_if_withdrawn,
)
from partners.submissions.exporting.export import RequestExport, private_storage
from partners.submissions.exporting.making import claim_export, make_export, unfinished_root
from tests.partners.brochures.asking import EVERYTHING, ask, asking_page
from tests.partners.submissions.exporting.conftest import file_of, jobs, read_csv, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_steps_of_two(monkeypatch):
    """Let every step be told and asked about, as in an export of hours."""
    monkeypatch.setattr(rows, "STEP", 2)
    monkeypatch.setattr(making, "_PROGRESS_SECONDS", 0)


@pytest.fixture
def between_steps(monkeypatch, in_steps_of_two):
    """Return what has a function called once, when two requests are written."""

    def call(function):
        tell, called = making._tell, []

        def tell_and_call(export, done):
            tell(export, done)
            if not called:
                called.append(done)
                function()

        monkeypatch.setattr(making, "_tell", tell_and_call)
        return called

    return call


def test_written_stored_and_written_down(make_export_row, five, desk_user):
    export = make_export_row("q=reader&language=en")
    before = stored()
    make_export(export.pk)
    content = file_of(export)
    assert [row["reference"] for row in read_csv(content)] == [it.reference for it in reversed(five)]
    assert (export.state, export.rows_done, export.rows_total, export.size) == ("ready", 5, 5, len(content))
    assert export.sha256 == hashlib.sha256(content).hexdigest()
    assert export.expires_at - export.closed_at == timedelta(hours=24)
    entry = ModelLogEntry.objects.get(action=making.EXPORT)
    assert entry.user == desk_user
    assert entry.data == {
        **{"format": "csv", "kind": "own", "count": 5, "partner": ""},
        **{"filters": {"language": ["en"]}, "searched": True},
    }
    assert len(stored() - before) == 1
    assert not list(unfinished_root().glob("*"))


def test_the_file_lies_in_private_storage_under_a_name_that_nobody_guesses(make_export_row, five):
    export = make_export_row()
    make_export(export.pk)
    export.refresh_from_db()
    path = Path(private_storage().path(export.file_name))
    assert path.is_relative_to(settings.PRIVATE_ROOT)
    assert not path.is_relative_to(settings.MEDIA_ROOT)
    assert uuid.UUID(path.stem).version == 4


def test_a_job_holds_the_id_alone(wish, five):
    export = ask_for_export(wish("q=ada@example.com"))
    [job] = jobs()
    assert job.args == {"export_id": export.pk}


def test_two_clicks_make_one(wish):
    wanted = wish()
    assert ask_for_export(wanted) == ask_for_export(wanted)
    assert (RequestExport.objects.count(), jobs().count()) == (1, 1)


def test_no_more_at_once_than_allowed(wish, settings):
    settings.EXPORTS_AT_ONCE = 2
    first, _ = ask_for_export(wish()), ask_for_export(wish())
    with pytest.raises(TooManyExports):
        ask_for_export(wish())
    cancel_export(first)
    ask_for_export(wish())
    assert RequestExport.objects.open().count() == 2


def test_a_right_that_is_lost_in_between_ends_it(make_export_row, five, desk_user, between_steps):
    export, before = make_export_row(), stored()
    called = between_steps(desk_user.groups.clear)
    make_export(export.pk)
    export.refresh_from_db()
    assert called == [2]
    assert (export.state, export.reason, export.file_name) == ("failed", "right_lost", "")
    assert stored() == before


def test_a_user_who_is_gone_gets_nothing(make_export_row, five, desk_user):
    export, before = make_export_row(), stored()
    desk_user.delete()
    make_export(export.pk)
    export.refresh_from_db()
    assert (export.user, export.state, export.reason) == (None, "failed", "right_lost")
    assert stored() == before


def test_a_consent_withdrawn_in_between_counts(make_export_row, between_steps, monkeypatch):
    page = asking_page(**EVERYTHING)
    asked = [ask(page, "handover", email=f"reader{number}@example.com") for number in range(5)]
    partner = page.get_parent()
    export = make_export_row(kind="partner", partner_key=partner.translation_key, partner_name=partner.title)
    between_steps(lambda: withdraw(asked[0], ["handover"], Means.DESK))
    make_export(export.pk)
    found = [row["reference"] for row in read_csv(file_of(export))]
    assert found == [it.reference for it in reversed(asked[1:])]
    # So the file that is there tells nothing that it may not. It does once somebody in it withdraws.
    assert not expire_if_withdrawn(export)
    withdraw(asked[1], ["handover"], Means.DESK)
    assert expire_if_withdrawn(export)
    export.refresh_from_db()
    assert (export.state, export.reason, export.file_name) == ("expired", "withdrawn", "")


def test_a_withdrawal_that_was_under_way_takes_the_file_back(make_export_row):
    """What happened bears the time at which it was written, and counts from when it is committed."""
    page = asking_page(**EVERYTHING)
    asked = [ask(page, "handover", email=f"reader{number}@example.com") for number in range(2)]
    partner = page.get_parent()
    fields = {"kind": "partner", "partner_key": partner.translation_key, "partner_name": partner.title}
    withdraw(asked[0], ["handover"], Means.DESK)
    without, export = make_export_row(**fields), make_export_row(**fields)
    make_export(without.pk)
    assert not expire_if_withdrawn(without)
    ConsentEvent.objects.filter(kind="withdrawn").delete()
    make_export(export.pk)
    assert not expire_if_withdrawn(export)
    before = timezone.now() - timedelta(minutes=1)
    record = asked[0].consents.get(purpose="handover")
    ConsentEvent.objects.create(record=record, kind="withdrawn", how=Means.DESK, at=before)
    assert expire_if_withdrawn(export)
    assert not expire_if_withdrawn(without)


def test_cancelled_in_between(make_export_row, five, between_steps):
    export, before = make_export_row(), stored()
    called = between_steps(lambda: cancel_export(export))
    make_export(export.pk)
    export.refresh_from_db()
    assert (called, export.state) == ([2], "cancelled")
    assert stored() == before
    assert not cancel_export(export)
    make_export(export.pk)
    export.refresh_from_db()
    assert export.state == "cancelled"


def test_cancelled_while_it_is_stored(make_export_row, five, monkeypatch):
    export, before = make_export_row(), stored()
    save = private_storage().save

    def save_and_cancel(name, content):
        cancel_export(export)
        return save(name, content)

    monkeypatch.setattr(private_storage(), "save", save_and_cancel)
    make_export(export.pk)
    export.refresh_from_db()
    assert export.state == "cancelled"
    assert stored() == before


def test_a_killed_workers_export_is_taken_over_and_the_former_finishes_nothing(make_export_row, five, between_steps):
    export, before = make_export_row(), stored()
    taken = []
    between_steps(lambda: taken.append(claim_export(export.pk)))
    make_export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.claim_token, export.attempts) == ("running", taken[0].claim_token, 2)
    assert stored() == before


def test_a_worker_that_stops_gives_it_back(make_export_row, five, in_steps_of_two):
    export = make_export_row()
    answers = iter([False, True])
    make_export(export.pk, is_stopping=lambda: next(answers))
    export.refresh_from_db()
    assert (export.state, export.attempts, jobs().count()) == ("waiting", 0, 1)
    make_export(export.pk)
    assert len(read_csv(file_of(export))) == 5


def test_an_error_is_tried_again_and_then_reported(make_export_row, five, monkeypatch):
    export = make_export_row()
    monkeypatch.setattr(private_storage(), "save", lambda name, content: (_ for _ in ()).throw(OSError("disk full")))
    for state in ("waiting", "waiting", "failed"):
        with pytest.raises(OSError, match="disk full"):
            make_export(export.pk)
        export.refresh_from_db()
        assert export.state == state
    assert export.reason == "given_up"
    assert not list(unfinished_root().glob("*"))


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "running"},
        {"state": "ready"},
        {"state": "failed"},
        {"state": "lost"},
        {"kind": "partner"},
        {"file_name": "exports/a.csv"},
        {"closed_at": timezone.now()},
    ],
)
def test_the_database_repeats_the_rules(make_export_row, fields):
    export = make_export_row()
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestExport.objects.filter(pk=export.pk).update(**fields)
