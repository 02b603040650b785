"""partners/submissions/exporting/making.py, asking.py, ending.py: an export is whole, or there is none."""

import hashlib
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.models import ModelLogEntry

from partners.brochures.consent_record import Means
from partners.brochures.withdrawing import withdraw
from partners.submissions.exporting import ending, making, rows
from partners.submissions.exporting.asking import TooManyExports, ask_for_export
from partners.submissions.exporting.ending import (
    cancel_export,
    discard_exports,
    expire_if_withdrawn,
    purge_exports,
    take_up_exports,
)
from partners.submissions.exporting.export import RequestExport, private_storage
from partners.submissions.exporting.making import AT_ONCE, claim_export, make_export, unfinished_root
from partners.submissions.exporting.queue import MAKE_EXPORT_TASK
from tests.partners.brochures.asking import EVERYTHING, ask, asking_page
from tests.partners.submissions.exporting.conftest import file_of, read_csv

pytestmark = pytest.mark.django_db


def stored():
    try:
        return set(private_storage().listdir("exports")[1])
    except FileNotFoundError:
        return set()


def jobs():
    return ProcrastinateJob.objects.filter(task_name=MAKE_EXPORT_TASK)


def past(export, **fields):
    """Let the times of `export` lie back."""
    back = {name: timezone.now() - ago for name, ago in fields.items()}
    RequestExport.objects.filter(pk=export.pk).update(**back)


@pytest.fixture
def in_steps_of_two(monkeypatch):
    """Let every step be told and asked about, as in an export of hours."""
    monkeypatch.setattr(rows, "STEP", 2)
    monkeypatch.setattr(making, "_PROGRESS_SECONDS", 0)


@pytest.fixture
def five(make_submission):
    return [make_submission() for _ in range(5)]


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
    # And as to the file that is there: it was begun before, so it is not handed out.
    assert expire_if_withdrawn(export)
    export.refresh_from_db()
    assert (export.state, export.reason, export.file_name) == ("expired", "withdrawn", "")


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


def test_what_has_lost_its_job_is_taken_up_once(make_export_row):
    export = make_export_row()
    take_up_exports()
    take_up_exports()
    assert [job.args for job in jobs()] == [{"export_id": export.pk}]
    jobs().delete()
    for _ in range(3):
        claim_export(export.pk)
    take_up_exports()
    export.refresh_from_db()
    assert (export.state, export.reason, jobs().count()) == ("failed", "given_up", 0)


def test_purge_deletes_at_its_time_and_not_before(make_export_row, five):
    old, new = make_export_row("q=reader"), make_export_row("q=reader")
    for export in (old, new):
        make_export(export.pk)
        file_of(export)
    past(old, expires_at=timedelta(seconds=1))
    past(new, expires_at=-timedelta(seconds=5))
    purge_exports()
    for export in (old, new):
        export.refresh_from_db()
    assert (old.state, old.file_name, old.filters) == ("expired", "", {})
    assert (new.state, new.filters) == ("ready", {"q": ["reader"]})
    assert Path(new.file_name).name in stored()
    assert not [name for name in stored() if name.startswith(old.sha256)]
    assert RequestExport.objects.filter(state="ready").count() == 1
    past(old, closed_at=timedelta(days=31))
    purge_exports()
    assert list(RequestExport.objects.values_list("pk", flat=True)) == [new.pk]


def test_purge_empties_the_filters_of_what_was_handed_out_at_once(exported, five):
    exported("q=reader")
    export = RequestExport.objects.get()
    purge_exports()
    export.refresh_from_db()
    assert export.filters == {"q": ["reader"]}
    past(export, closed_at=timedelta(days=1, seconds=5))
    purge_exports()
    export.refresh_from_db()
    assert export.filters == {}


def test_purge_removes_what_a_killed_worker_left(make_export_row, five, monkeypatch):
    claimed = claim_export(make_export_row().pk)
    used, left, answering = str(claimed.claim_token), str(uuid.uuid4()), f"{AT_ONCE}{uuid.uuid4()}"
    for token in (used, left):
        private_storage().save(f"exports/{token}.csv", ContentFile(b"half"))
    for name in (used, left, answering):
        (unfinished_root() / name).mkdir(parents=True)
    purge_exports()
    assert f"{used}.csv" in stored()
    assert f"{left}.csv" not in stored()
    assert {folder.name for folder in unfinished_root().iterdir()} == {used, answering}
    monkeypatch.setattr(ending, "_YOUNG", timedelta(seconds=-1))
    purge_exports()
    assert [folder.name for folder in unfinished_root().iterdir()] == [used]
    (unfinished_root() / used).rmdir()


def test_erasing_a_person_takes_every_file_back(make_export_row, five, exported):
    exported("q=ada@example.com")
    ready, waiting = make_export_row("q=reader"), make_export_row("q=ada@example.com")
    make_export(ready.pk)
    file_of(ready)
    name = Path(ready.file_name).name
    assert discard_exports() == 2
    assert name not in stored()
    assert set(RequestExport.objects.values_list("state", "reason")) == {
        *(("at_once", ""), ("expired", "erased"), ("cancelled", "erased"))
    }
    assert not RequestExport.objects.exclude(filters={}).exists()
    make_export(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"


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
