"""What is kept of one act upon many requests: who asked for what, how far it is, and what was left alone?"""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

# More requests are not taken at once: who means more narrows the list, and sees what they are.
MOST = 10_000


class Act(models.TextChoices):
    """What is done to each request."""

    RESEND = "resend", _("Resend")
    RELEASE = "release", _("Release")
    SPAM = "spam", _("Mark as spam")
    ERASE = "erase", _("Erase")


class RunState(models.TextChoices):
    """Where a run stands."""

    OPEN = "open", _("Under way")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    RIGHT_LOST = "right_lost", _("Stopped: you may not do this any more")


class BulkRunQuerySet(models.QuerySet["BulkRun"]):
    """Reads of runs."""

    def of_user(self, user: Any) -> Self:
        """Keep what `user` asked for."""
        return self.filter(user=user)

    def open(self) -> Self:
        """Keep what is still to be done."""
        return self.filter(state=RunState.OPEN)


class BulkRun(models.Model):
    """One act upon the requests `ids`, of which the first `place` were dealt with.

    `key` is the one-time key of the page that asked, so that two clicks make one run. `done` of them were acted upon;
    `left` says why the others were not, as {reason: {"count": number, "ids": [the first of them]}}. `newest_letter` is
    the last one of all that there was when the page was shown. It holds ids and codes alone, nothing of a person, so
    there is nothing in it to forget.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    act = models.CharField(_("what"), max_length=8, choices=Act)
    ids = ArrayField(models.BigIntegerField())
    place = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    left = models.JSONField(default=dict)
    newest_letter = models.BigIntegerField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.OPEN)
    created_at = models.DateTimeField(_("asked for"), db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("act upon many requests")
        verbose_name_plural = _("acts upon many requests")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-id"], name="bulk_run_of_user"),
            models.Index(fields=["id"], condition=Q(state="open"), name="bulk_run_open"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="bulk_run_words_known", condition=Q(act__in=Act.values, state__in=RunState.values)
            ),
            models.CheckConstraint(
                name="bulk_run_ended_or_open",
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"bulk run {self.pk}"

    @property
    def total(self) -> int:
        """Return how many requests it is about."""
        return len(self.ids)

    @property
    def is_open(self) -> bool:
        """Say whether there is anything left to do."""
        return self.state == RunState.OPEN

    @property
    def percent(self) -> int:
        """Return how much was dealt with, of 100."""
        return 100 * self.place // max(1, self.total)

    @property
    def left_count(self) -> int:
        """Return how many were looked at and left alone."""
        return sum(reason["count"] for reason in self.left.values())
