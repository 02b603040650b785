"""The worker is killed while it writes an export: another one writes it whole, and nothing half is ever served."""

import csv
import io
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from procrastinate.exceptions import AlreadyEnqueued
from wagtail.models import ModelLogEntry

from partners.delivery.jobs import retry_stalled_jobs
from partners.submissions.exporting.asking import Wish, ask_for_export
from partners.submissions.exporting.ending import expire, purge_exports
from partners.submissions.exporting.export import RequestExport, private_storage
from partners.submissions.exporting.making import unfinished_root
from qianhai_site.local.ports import free as free_port
from tests.faults.waiting import wait_until
from tests.faults.worker import running_worker

pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("committed"), pytest.mark.timeout(300)]

ROWS = 30_000
REFERENCE = "QH-KILL-"


@pytest.fixture
def many(committed: None) -> Iterator[User]:
    """Commit so many requests that writing them takes a while; give a user who may export them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO partners_submission (reference, key, form_title, article_title, brochure_title, language,
                email, name, company, answers, campaign, created_at, quarantine_reasons, spam_notes)
            SELECT %s || n, gen_random_uuid(), 'Form', '', 'Brochure', 'en', 'reader' || n || '@example.com', '', '',
                '[]', '{}', now(), '{}', '{}' FROM generate_series(1, %s) AS n
            """,
            [REFERENCE, ROWS],
        )
    user = User.objects.create_superuser(f"exporter-{uuid.uuid4().hex[:8]}", password=None)
    try:
        yield user
    finally:
        expire(RequestExport.objects.of_user(user))
        RequestExport.objects.of_user(user).delete()
        ModelLogEntry.objects.filter(user=user).delete()
        user.delete()
        with connection.cursor() as cursor:
            # The log of access lets nobody delete what is young.
            cursor.execute("TRUNCATE partners_accessrecord")
            # Nothing belongs to them that Django would have to look for.
            cursor.execute("DELETE FROM partners_submission WHERE starts_with(reference, %s)", [REFERENCE])


def written(folder: Path) -> int:
    """Return how many bytes lie in `folder`, 0 where there is none."""
    return sum(file.stat().st_size for file in folder.glob("*"))


def let_the_worker_be_missed() -> None:
    """Let no worker have signed in for a minute, and the job be due that gives their jobs to others."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    with suppress(AlreadyEnqueued):  # where the full minute came while the first worker was busy
        retry_stalled_jobs.defer(timestamp=0)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_killed_in_mid_export(many: User, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    export = ask_for_export(Wish(key=uuid.uuid4(), user=many, format=form))

    def now() -> Any:
        export.refresh_from_db()
        return export

    with running_worker(tmp_path / "first.log", port) as first:
        wait_until(lambda: now().rows_total is not None, 60, "the first worker has it")
        left = unfinished_root() / str(export.claim_token)
        # Where it is and that it is done, the worker writes into the row: whoever holds the row keeps it from ending.
        with transaction.atomic():
            RequestExport.objects.select_for_update().get(pk=export.pk)
            wait_until(lambda: written(left) > 0, 60, "the first worker writes")
            first.kill()
    assert (now().state, export.file_name) == ("running", "")
    done = written(left)
    assert done > 0, "what the killed worker had written"
    if form == "xlsx":
        # Who is gone, and whether it is time to look, the clock tells in the other case: a minute or more.
        let_the_worker_be_missed()
    with running_worker(tmp_path / "second.log", port):
        took = wait_until(lambda: now().state == "ready", 240, "another worker has written it")
    assert export.attempts == 2
    with private_storage().open(export.file_name) as file:
        content = file.read()
    assert len(content) == export.size
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert len({row["reference"] for row in rows}) == len(rows) == export.rows_done == ROWS
    assert not [row for row in (tmp_path / "second.log").read_text().splitlines() if "@example.com" in row]
    purge_exports()
    assert not left.exists()
    with capsys.disabled():
        print(f"\n  worker killed -9 after {done} bytes of {form}: whole {took:.0f} s after another began")


def test_asked_to_stop_in_mid_export(many: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    export = ask_for_export(Wish(key=uuid.uuid4(), user=many, format="xlsx"))

    def now() -> Any:
        export.refresh_from_db()
        return export

    with running_worker(tmp_path / "first.log", port, DELIVERY_STOP_SECONDS="1") as first:
        wait_until(lambda: now().rows_done > 0, 60, "the worker writes")
        assert first.stop(30) == 0
    assert (now().state, export.attempts) == ("waiting", 0)
    assert not list(unfinished_root().iterdir())
    with running_worker(tmp_path / "second.log", port):
        took = wait_until(lambda: now().state == "ready", 120, "the next worker has written it")
    assert export.rows_done == ROWS
    with capsys.disabled():
        print(f"\n  SIGTERM in mid-export: given back, and whole {took:.0f} s after the next worker began")
