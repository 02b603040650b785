"""What is kept of an export: who asked for what, how far it is, and where its file lies until when?"""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Where the files lie, below private storage.
FOLDER = "exports"
# After this many interrupted tries it is reported as failed.
MOST_ATTEMPTS = 3


class Format(models.TextChoices):
    """What kind of file it is."""

    CSV = "csv", _("CSV (for a CRM or any program)")
    XLSX = "xlsx", _("XLSX (for Excel and LibreOffice)")


class Kind(models.TextChoices):
    """Whom the file is for, and so what may be in it."""

    OWN = "own", _("For us: every request of the list, with its consents")
    PARTNER = "partner", _("For a partner: only who agreed to the hand-over, and only what a partner needs")


class State(models.TextChoices):
    """Where an export stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being written")
    READY = "ready", _("Ready")
    AT_ONCE = "at_once", _("Handed out at once")
    FAILED = "failed", _("Failed: there is no file")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired, file deleted")


OPEN = (State.WAITING, State.RUNNING)


class Reason(models.TextChoices):
    """Why there is no file, or none any more."""

    RIGHT_LOST = "right_lost", _("You may not export requests any more.")
    FILTERS_GONE = "filters_gone", _("Something that the list was filtered by does not exist any more.")
    TOO_WIDE = "too_wide", _("There are more questions than a sheet has columns. Narrow the list to fewer forms.")
    GIVEN_UP = "given_up", _("It was interrupted several times. Start it again; if that fails too, tell the operators.")
    WITHDRAWN = "withdrawn", _("Somebody has withdrawn the consent to the hand-over since. Make a new one.")
    ERASED = "erased", _("A person's data were erased. Make a new one.")


class RequestExportQuerySet(models.QuerySet["RequestExport"]):
    """Reads of exports. Every time that decides is the database's."""

    def of_user(self, user: Any) -> Self:
        """Keep the exports that `user` asked for."""
        return self.filter(user=user)

    def open(self) -> Self:
        """Keep what is still to be written."""
        return self.filter(state__in=OPEN)

    def servable(self) -> Self:
        """Keep what has a file that may still be fetched."""
        return self.filter(state=State.READY, expires_at__gt=Now())


class RequestExport(models.Model):
    """One export. Its row decides; the job only wakes a worker.

    `key` is the one-time key of the form, so that two clicks make one. `filters` is what the list was narrowed by, as
    its address has it ({name: [values]}); it may name a person, and is emptied when the file is deleted.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    format = models.CharField(_("format"), max_length=4, choices=Format)
    kind = models.CharField(_("for whom"), max_length=7, choices=Kind, default=Kind.OWN)
    # As in the consents' records: the same in every language of the partner's page.
    partner_key = models.UUIDField(null=True)
    partner_name = models.CharField(max_length=255, blank=True)
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    rows_done = models.PositiveIntegerField(_("rows"), default=0)
    rows_total = models.PositiveIntegerField(null=True)
    file_name = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("asked for"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("expires"), null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Who writes it. Whoever takes it up later has another token, and the former can finish nothing any more.
    claim_token = models.UUIDField(null=True, unique=True)

    objects = RequestExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export of requests")
        verbose_name_plural = _("exports of requests")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-id"], name="export_of_user"),
            models.Index(fields=["state"], name="export_state"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="export_words_known",
                condition=Q(state__in=State.values, format__in=Format.values, kind__in=Kind.values),
            ),
            models.CheckConstraint(
                name="export_claimed_while_running",
                condition=Q(state="running", claim_token__isnull=False)
                | (~Q(state="running") & Q(claim_token__isnull=True)),
            ),
            models.CheckConstraint(
                name="export_file_while_ready",
                condition=Q(state="ready", size__isnull=False, expires_at__isnull=False) & ~Q(file_name="")
                | (~Q(state="ready") & Q(file_name="")),
            ),
            models.CheckConstraint(
                name="export_closed_or_open",
                condition=Q(state__in=["waiting", "running"], closed_at__isnull=True)
                | (~Q(state__in=["waiting", "running"]) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="export_for_a_named_partner",
                condition=Q(kind="own", partner_key__isnull=True) | Q(kind="partner", partner_key__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def is_open(self) -> bool:
        """Say whether it is still to be written."""
        return self.state in OPEN

    @property
    def download_name(self) -> str:
        """Return the name under which a browser saves the file; it tells nothing of what is in it."""
        return f"brochure-requests-{timezone.localdate(self.created_at)}-{self.pk}.{self.format}"

    @property
    def percent(self) -> int | None:
        """Return how much is written, of 100; None where nobody knows yet how much there is."""
        if not self.rows_total:
            return None
        return min(99, 100 * self.rows_done // self.rows_total)


def private_storage() -> Storage:
    """Return where the files lie: no address leads there."""
    return storages["private"]
