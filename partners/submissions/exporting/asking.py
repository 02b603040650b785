"""How does an export come about: at once where it is small, otherwise as one job, however often somebody clicks?"""

import os
import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.functions import Now

from partners.submissions.access_log import Way, record_access
from partners.submissions.exporting.export import Kind, RequestExport, State
from partners.submissions.exporting.exported import keep_exported
from partners.submissions.exporting.making import AT_ONCE, folder_named, write_into_log, write_rows
from partners.submissions.exporting.queue import defer_export
from partners.submissions.exporting.scope import Scope, is_more_than


class TooManyExports(Exception):  # noqa: N818  named for what happened
    """The user has as many exports under way as one may have."""


@dataclass(frozen=True)
class Wish:
    """What somebody asked for on the form; `key` is the form's one-time key."""

    key: uuid.UUID
    user: Any
    format: str
    kind: str = Kind.OWN
    partner_key: uuid.UUID | None = None
    partner_name: str = ""
    filters: dict[str, list[str]] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """Which requests it is about."""
        return Scope(user=self.user, filters=self.filters, kind=self.kind, partner_key=self.partner_key)

    @property
    def fields(self) -> dict[str, Any]:
        """What the row keeps of it."""
        return {
            "user": self.user,
            "format": self.format,
            "kind": self.kind,
            "partner_key": self.partner_key,
            "partner_name": self.partner_name,
            "filters": self.filters,
        }


def is_small(wish: Wish) -> bool:
    """Say whether the export is handed out as the answer. Raises ExportRefused."""
    return not is_more_than(wish.scope.requests(), settings.EXPORT_AT_ONCE_ROWS)


def export_at_once(wish: Wish) -> tuple[RequestExport, BinaryIO]:
    """Return the whole export as an open file without a name, with its row; what left is written down.

    Written to its end before the first byte goes out, so nobody gets half of it. Raises ExportRefused.
    """
    with folder_named(f"{AT_ONCE}{uuid.uuid4()}") as folder:
        number, name = tempfile.mkstemp(dir=folder)
        target: BinaryIO = os.fdopen(number, "w+b")
        try:
            written = write_rows(lambda: wish.scope, wish.format, target, folder, _tell_nobody)
        except BaseException:
            target.close()
            raise
        # The open file stays readable until it is closed, and nothing is left of it then.
        Path(name).unlink()
    target.seek(0)
    with transaction.atomic():
        count = len(written)
        counted = {"rows_done": count, "rows_total": count}
        export, made = RequestExport.objects.get_or_create(
            key=wish.key,
            user=wish.user,
            defaults={**wish.fields, **counted, "state": State.AT_ONCE, "closed_at": Now()},
        )
        record_access(Way.EXPORT, user=wish.user, filters=wish.filters, count=count)
        if made:
            keep_exported(export, written)
            write_into_log(export, count)
    return export, target


def is_of_somebody_else(key: uuid.UUID, user: Any) -> bool:
    """Say whether the one-time `key` of a form was used by another user than `user`."""
    return RequestExport.objects.filter(key=key).exclude(user=user.pk).exists()


def _tell_nobody(done: int) -> None:
    """Take the progress of what is over in a moment."""


def ask_for_export(wish: Wish) -> RequestExport:
    """Return the export that was asked for, stored together with its job; asked twice by one form, it is one.

    Raises TooManyExports where EXPORTS_AT_ONCE of the user's are under way.
    """
    with transaction.atomic():
        # Two clicks at the same moment, and two forms, come one after the other.
        get_user_model().objects.select_for_update(no_key=True).get(pk=wish.user.pk)
        mine = RequestExport.objects.of_user(wish.user)
        made = mine.filter(key=wish.key).first()
        if made is not None:
            return made
        if mine.open().count() >= settings.EXPORTS_AT_ONCE:
            raise TooManyExports
        export = RequestExport.objects.create(key=wish.key, **wish.fields)
        defer_export(export.pk)
        return export
