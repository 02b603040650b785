"""How is an export written: all of it, or none?

What the user may see, and what people agreed to, is asked anew at every step. A file is stored first and served only
from the moment that its row says so, so a killed worker leaves nothing that could be fetched.
"""

import hashlib
import logging
import shutil
import time
import uuid
from array import array
from collections.abc import Callable
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from wagtail.log_actions import log

from partners.delivery.message import in_seconds
from partners.submissions.exporting.columns import Columns, NewQuestion, columns_of, work_fields
from partners.submissions.exporting.export import (
    FOLDER,
    MOST_ATTEMPTS,
    Kind,
    Reason,
    RequestExport,
    State,
    private_storage,
)
from partners.submissions.exporting.exported import keep_exported
from partners.submissions.exporting.files import open_sheet
from partners.submissions.exporting.queue import defer_export
from partners.submissions.exporting.rows import Place, Reader, newest_pk
from partners.submissions.exporting.scope import ExportRefused, Scope, scope_of
from partners.submissions.saved_filter import TYPED

logger = logging.getLogger(__name__)

EXPORT = "partners.submission.export"
# How often the row is told how far the export is, and asked whether it is still wanted.
_PROGRESS_SECONDS = 1.0
_ROUNDS = 5
# Begins the name of a folder whose export has no claim, since no worker writes it.
AT_ONCE = "at-once-"

Progress = Callable[[int], None]


class NotWanted(Exception):  # noqa: N818  named for what happened
    """The export was cancelled, or another worker has it."""


class WorkerStops(Exception):  # noqa: N818  named for what happened
    """The worker was asked to end: another one takes the export up."""


def unfinished_root() -> Path:
    """Return the folder of this machine in which files are written before they are stored."""
    return Path(settings.DATA_DIR) / "unfinished-exports"


@contextmanager
def folder_named(name: str) -> Any:
    """Give a folder that only this account may enter, and remove it with all that is in it."""
    folder = unfinished_root() / name
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_rows(
    scope: Callable[[], Scope], form: str, target: BinaryIO, folder: Path, progress: Progress
) -> "array[int]":
    """Write the export that `scope` describes into `target`, in the format `form`; return the requests' ids.

    `scope` is asked at every step, so what changes in between counts; `progress` is told the rows written so far, and
    may raise to end it. `folder` takes what is needed meanwhile. Raises ExportRefused.
    """
    for _ in range(_ROUNDS):
        target.seek(0)
        target.truncate()
        newest = newest_pk()
        first = scope()
        columns = columns_of(first.requests().filter(pk__lte=newest), first.kind)
        reader = Reader(newest, work_fields().values(), kinds=first.kind == Kind.PARTNER)
        try:
            return _write(scope, columns, reader, form, target, folder, progress)
        except NewQuestion:
            # A request that was being stored while the questions were looked for: it is found in the next round.
            logger.info("An export begins again: a new question was answered meanwhile.")
    raise ExportRefused(Reason.GIVEN_UP)


def _write(
    scope: Callable[[], Scope],
    columns: Columns,
    reader: Reader,
    form: str,
    target: BinaryIO,
    folder: Path,
    progress: Progress,
) -> "array[int]":
    sheet = open_sheet(form, target, columns.header, folder)
    # Eight bytes for each request: a million of them are 8 MB.
    done, after = array("q"), cast(Place | None, None)
    try:
        while True:
            rows, after = reader.step(scope().requests(), after)
            if after is None:
                break
            sheet.write(columns.cells(row) for row in rows)
            done.extend(row.values["pk"] for row in rows)
            progress(len(done))
    except BaseException:
        sheet.abandon()
        raise
    sheet.close()
    return done


def claim_export(export_id: int) -> RequestExport | None:
    """Return the export, claimed anew; None where it is not to be written any more.

    One that is being written is taken over: of the jobs that write exports one runs at a time, so its worker is gone,
    or was thought to be and finds with its next step that it holds nothing any more.
    """
    token = uuid.uuid4()
    claimed = (
        RequestExport.objects.open()
        .filter(pk=export_id, attempts__lt=MOST_ATTEMPTS)
        .update(
            state=State.RUNNING,
            claim_token=token,
            attempts=F("attempts") + 1,
            started_at=Now(),
            rows_done=0,
        )
    )
    return RequestExport.objects.get(claim_token=token) if claimed else None


def _held(export: RequestExport) -> Any:
    return RequestExport.objects.filter(pk=export.pk, state=State.RUNNING, claim_token=export.claim_token)


def make_export(export_id: int, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Write an export that waits, or that a killed worker left; whatever ends it is in its row afterwards.

    `is_stopping` says that the worker is to end: then the export waits again.
    """
    export = claim_export(export_id)
    if export is None:
        return
    try:
        _make(export, is_stopping)
    except ExportRefused as refusal:
        _let_go(export, state=State.FAILED, reason=refusal.reason, closed_at=Now())
    except NotWanted:
        logger.info("Export %s was cancelled, or taken up elsewhere.", export_id)
    except WorkerStops:
        # Not its fault: it does not count as a try.
        _let_go(export, state=State.WAITING, attempts=F("attempts") - 1)
        defer_export(export_id)
    except Exception:
        if export.attempts < MOST_ATTEMPTS:
            _let_go(export, state=State.WAITING)
        else:
            _let_go(export, state=State.FAILED, reason=Reason.GIVEN_UP, closed_at=Now())
        raise


def _let_go(export: RequestExport, **fields: Any) -> None:
    _held(export).update(claim_token=None, **fields)


def _make(export: RequestExport, is_stopping: Callable[[], bool]) -> None:
    _held(export).update(rows_total=scope_of(export).requests().count())
    told = time.monotonic()

    def progress(done: int) -> None:
        nonlocal told
        if is_stopping():
            raise WorkerStops
        if time.monotonic() - told >= _PROGRESS_SECONDS:
            told = time.monotonic()
            _tell(export, done)

    token = cast(uuid.UUID, export.claim_token)
    with folder_named(str(token)) as folder, (folder / "export").open("w+b") as target:
        written = write_rows(lambda: scope_of(export), export.format, target, folder, progress)
        _tell(export, len(written))
        scope_of(export).requests()  # raises where the right has gone with the last rows
        _finish(export, target, written)


def _tell(export: RequestExport, done: int) -> None:
    """Say how far it is. Raises NotWanted where it is not ours any more."""
    if not _held(export).update(rows_done=done):
        raise NotWanted


def _finish(export: RequestExport, target: BufferedRandom, written: "array[int]") -> None:
    """Store the file, then say in one transaction that it is there, and write into the audit log that it was made."""
    count = len(written)
    target.seek(0)
    digest = hashlib.file_digest(target, "sha256").hexdigest()
    size = target.tell()
    target.seek(0)
    storage = private_storage()
    name = storage.save(f"{FOLDER}/{export.claim_token}.{export.format}", File(target))
    with transaction.atomic():
        ended = _held(export).update(
            state=State.READY,
            claim_token=None,
            file_name=name,
            size=size,
            sha256=digest,
            rows_done=count,
            rows_total=count,
            closed_at=Now(),
            expires_at=in_seconds(settings.EXPORT_HOURS * 3600),
        )
        if ended:
            keep_exported(export, written)
            write_into_log(export, count)
    if not ended:
        storage.delete(name)
        raise NotWanted


def write_into_log(export: RequestExport, count: int) -> None:
    """Write into Wagtail's audit log that `export` was made, of `count` requests.

    What was typed may name a person, and the audit log is never emptied: it says only that there was a search. All
    of it stands in the log of accesses.
    """
    filters = {name: values for name, values in export.filters.items() if name not in TYPED}
    data = {
        "format": export.format,
        "kind": export.kind,
        "count": count,
        "filters": filters,
        "searched": len(filters) < len(export.filters),
        "partner": export.partner_name,
    }
    log(instance=export, action=EXPORT, user=export.user, data=data)
