"""partners/submissions/exporting/ending.py: what is over is gone, and what was left behind too."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from partners.submissions.exporting import ending
from partners.submissions.exporting.ending import discard_exports, purge_exports, take_up_exports
from partners.submissions.exporting.export import RequestExport, private_storage
from partners.submissions.exporting.making import AT_ONCE, claim_export, make_export, unfinished_root
from tests.partners.submissions.exporting.conftest import file_of, jobs, stored

pytestmark = pytest.mark.django_db


def past(export, **fields):
    """Let the times of `export` lie back."""
    back = {name: timezone.now() - ago for name, ago in fields.items()}
    RequestExport.objects.filter(pk=export.pk).update(**back)


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


def test_erasing_a_person_takes_every_file_back(make_export_row, five, exported, django_capture_on_commit_callbacks):
    exported("q=ada@example.com")
    ready, waiting = make_export_row("q=reader"), make_export_row("q=ada@example.com")
    make_export(ready.pk)
    file_of(ready)
    name = Path(ready.file_name).name
    with django_capture_on_commit_callbacks(execute=True):
        assert discard_exports([], "") == 2
        assert name in stored(), "an erasure that is rolled back has deleted nothing"
    assert name not in stored()
    assert set(RequestExport.objects.values_list("state", "reason")) == {
        *(("at_once", ""), ("expired", "erased"), ("cancelled", "erased"))
    }
    assert not RequestExport.objects.exclude(filters={}).exists()
    make_export(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"
