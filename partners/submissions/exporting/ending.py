"""How does an export end before its time, or at it? Its row says so first, and its file goes after it."""

import logging
import shutil
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.brochures.consent_record import ConsentEvent, ConsentRecord, EventKind
from partners.brochures.consent_wording import Purpose
from partners.brochures.forgetting import register_eraser
from partners.submissions.exporting.export import (
    FOLDER,
    MOST_ATTEMPTS,
    OPEN,
    Kind,
    Reason,
    RequestExport,
    RequestExportQuerySet,
    State,
    private_storage,
)
from partners.submissions.exporting.exported import ExportedBatch
from partners.submissions.exporting.making import AT_ONCE, unfinished_root
from partners.submissions.exporting.queue import defer_export, has_job

logger = logging.getLogger(__name__)

# How long the row of an export that has ended stays, without its filters, to tell its user what became of it.
KEEP_ROWS = timedelta(days=30)
# What is handed out at once has no row while it is written.
_YOUNG = timedelta(hours=1)
_CLOSED: dict[str, Any] = {"claim_token": None, "closed_at": Now()}


def cancel_export(export: RequestExport) -> bool:
    """End `export` before it is written, and say whether it was open still; who writes it stops within seconds."""
    mine = RequestExport.objects.filter(pk=export.pk, state__in=OPEN)
    return bool(mine.update(state=State.CANCELLED, **_CLOSED))


def expire(exports: RequestExportQuerySet, reason: str = "") -> int:
    """Take back those of `exports` that have a file, with what they were filtered by; return how many they were."""
    ended = 0
    for pk, name in exports.filter(state=State.READY).values_list("pk", "file_name"):
        still = RequestExport.objects.filter(pk=pk, state=State.READY)
        # First the row: what is deleted must not be offered, and what is not offered may wait to be deleted.
        if still.update(state=State.EXPIRED, reason=reason, file_name="", filters={}):
            private_storage().delete(name)
            ended += 1
    return ended


def register() -> None:
    """Name the files of exports to every erasure."""
    register_eraser("exports", _("Files of exports, which may hold the person"), discard_exports, count=_count_files)


def discard_exports(submission_ids: Sequence[int], address: str) -> int:
    """Take back every file, and end what is being written, in the transaction of an erasure; return how many.

    Nobody knows which files hold the person, and all can be made again. Filters are emptied, since one may be the
    person's address. The files themselves go once the erasure is committed, or at the next purge at the latest.
    """
    taken = {"reason": Reason.ERASED, "filters": {}}
    unwritten = RequestExport.objects.open().update(state=State.CANCELLED, **taken, **_CLOSED)
    written = RequestExport.objects.filter(state=State.READY).update(state=State.EXPIRED, file_name="", **taken)
    RequestExport.objects.exclude(filters={}).update(filters={})
    if written:
        transaction.on_commit(_delete_orphans, robust=True)
    return unwritten + written


def _count_files(submission_ids: Sequence[int], address: str) -> int:
    return RequestExport.objects.filter(state__in=[*OPEN, State.READY]).count()


def expire_if_withdrawn(export: RequestExport) -> bool:
    """Take back a partner's file where somebody in it has withdrawn; say whether it was taken back.

    Who is in it had not when it was written. Times would not tell: a withdrawal that was under way when the file was
    begun bears an earlier one.
    """
    if export.kind != Kind.PARTNER:
        return False
    theirs = ConsentRecord.objects.filter(purpose=Purpose.HANDOVER, ticked=True, partner_key=export.partner_key)
    events = ConsentEvent.objects.filter(kind=EventKind.WITHDRAWN, record__in=theirs)
    withdrawn = set(events.values_list("record__submission", flat=True))
    written = ExportedBatch.objects.filter(export=export).values_list("submissions", flat=True)
    if not withdrawn or not any(not withdrawn.isdisjoint(part) for part in written.iterator()):
        return False
    return bool(expire(RequestExport.objects.filter(pk=export.pk), Reason.WITHDRAWN))


def take_up_exports() -> None:
    """Give what nobody writes to a worker again, and report what was interrupted too often as failed."""
    for export_id, attempts in RequestExport.objects.open().order_by("pk").values_list("pk", "attempts"):
        if has_job(export_id):
            continue
        if attempts < MOST_ATTEMPTS:
            defer_export(export_id)
        else:
            still = RequestExport.objects.open().filter(pk=export_id)
            still.update(state=State.FAILED, reason=Reason.GIVEN_UP, **_CLOSED)


def purge_exports() -> None:
    """Delete the files whose time is over, what killed workers left, and the rows of exports long ended."""
    over = RequestExport.objects.filter(state=State.READY, expires_at__lte=Now())
    if expired := expire(over):
        logger.info("Deleted the files of %s exports.", expired)
    _delete_orphans()
    _delete_unfinished()
    ended = RequestExport.objects.exclude(state__in=[*OPEN, State.READY])
    # Failed, cancelled and handed out at once: their filters go when a file's would have.
    ended.filter(closed_at__lt=Now() - timedelta(days=1)).exclude(filters={}).update(filters={})
    ended.filter(closed_at__lt=Now() - KEEP_ROWS).delete()


def _delete_orphans() -> None:
    """Delete stored files that no row names: their worker was killed between storing and saying so."""
    storage = private_storage()
    try:
        names = [f"{FOLDER}/{name}" for name in storage.listdir(FOLDER)[1]]
    except FileNotFoundError:
        return
    for name in names:
        is_ours = RequestExport.objects.filter(file_name=name).exists()
        if not is_ours and not _is_claimed(PurePosixPath(name).stem):
            storage.delete(name)


def _delete_unfinished() -> None:
    """Delete this machine's folders of exports that nobody writes any more."""
    root = unfinished_root()
    for folder in root.iterdir() if root.is_dir() else ():
        is_in_use = _is_young(folder) if folder.name.startswith(AT_ONCE) else _is_claimed(folder.name)
        if not is_in_use:
            shutil.rmtree(folder, ignore_errors=True)


def _is_claimed(token: str) -> bool:
    try:
        return RequestExport.objects.filter(claim_token=uuid.UUID(token)).exists()
    except ValueError:
        return False


def _is_young(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime < _YOUNG.total_seconds()
    except FileNotFoundError:
        return True
