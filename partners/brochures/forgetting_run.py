"""Which erasures were there, why, by whom, and of how much?"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Cause(models.TextChoices):
    """Why something was forgotten."""

    AGE = "age", _("Their time was over")
    PERSON = "person", _("A person was erased")
    REQUESTS = "requests", _("Single requests were erased")


class ForgettingRun(models.Model):
    """One erasure, or one round of what is done every night: numbers, and nothing of whom they are about.

    `counts` is {name of a holding: rows}, `forms` {title of a form: requests}. Without `finished_at`, it goes on or was
    interrupted: then the next one does the rest. `user` is empty where it was the clock, or a command.
    """

    cause = models.CharField(_("why"), max_length=10, choices=Cause.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    started_at = models.DateTimeField(_("began"), db_default=Now(), editable=False)
    finished_at = models.DateTimeField(_("ended"), null=True)
    requests = models.PositiveIntegerField(_("requests"), default=0)
    counts = models.JSONField(default=dict)
    forms = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["-started_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="forgetting_run_cause", condition=Q(cause__in=Cause.values)),
            models.CheckConstraint(
                name="forgetting_run_in_order",
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.pk}"

    def add(self, requests: int, counts: dict[str, int], forms: dict[str, int]) -> None:
        """Add what was forgotten in the transaction that is open, whose end makes it count."""
        self.requests += requests
        for name, number in counts.items():
            self.counts[name] = self.counts.get(name, 0) + number
        for title, number in forms.items():
            self.forms[title] = self.forms.get(title, 0) + number
        self.save(update_fields=["requests", "counts", "forms"])

    def finish(self) -> None:
        """Write down that nothing more is to do."""
        ForgettingRun.objects.filter(pk=self.pk).update(finished_at=Now())
        self.refresh_from_db(fields=["finished_at"])
