"""Who saw which personal data, when, and by which way?"""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import DateFromToRangeFilter, FilterSet

from partners.brochures.consent_wording import AppendOnly
from partners.brochures.submission import Submission

# The database refuses to remove younger records (by a trigger), whatever ACCESS_LOG_DAYS says.
LEAST_DAYS = 30
_BATCH = 10_000
# What all lists know beside their filters: search, page, order and file.
_OF_EVERY_LIST = frozenset({"q", "p", "ordering", "export"})


class Way(models.TextChoices):
    """How personal data came before somebody's eyes, or left the desk."""

    LIST = "list", _("Saw the list")
    SEARCH = "search", _("Searched")
    DETAIL = "detail", _("Saw the request")
    EXPORT = "export", _("Exported")
    FILE = "file", _("Made a file of a person's data")
    API = "api", _("Read by the API")
    HAND_OVER = "hand_over", _("Handed over to a partner's system")


class AccessRecord(models.Model):
    """One time that personal data were seen or left. Written once; only what names a person may be emptied.

    A trigger repeats that: user and request may become null, filters empty, and only old rows go. `filters` holds what
    was asked for, as the address of the list had it ({name: [values]}); it may name a person, so erasing a person
    empties it. `count` is the number of requests, where it is known. `via` names a token or hand-over where no person
    acted.
    """

    at = models.DateTimeField(_("time"), auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("user"),
        db_index=False,
    )
    via = models.CharField(_("via"), max_length=80, blank=True)
    way = models.CharField(_("what"), max_length=10, choices=Way.choices)
    submission = models.ForeignKey(
        Submission, on_delete=models.SET_NULL, null=True, related_name="accesses", verbose_name=_("brochure request")
    )
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    count = models.PositiveIntegerField(_("requests"), null=True)

    class Meta:
        verbose_name = _("access to personal data")
        verbose_name_plural = _("accesses to personal data")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        # On this model, whose own rows it does not show: see partner_viewer.PARTNER_RIGHT.
        permissions = [("view_handed_over", "Can view requests handed over to the own partners")]
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-at", "-id"], name="access_newest_first"),
            models.Index(fields=["user", "-at", "-id"], name="access_by_user"),
            models.Index(fields=["way", "-at", "-id"], name="access_by_way"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(way__in=Way.values), name="access_way")
        ]

    def __str__(self) -> str:
        return f"access {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new record. Raises AppendOnly for one that is stored already."""
        if not self._state.adding:
            raise AppendOnly("A record of access is never changed.")
        super().save(*args, **kwargs)


def record_access(
    way: Way,
    *,
    user: AbstractBaseUser | AnonymousUser | None = None,
    via: str = "",
    submission: Submission | None = None,
    filters: dict[str, Any] | None = None,
    count: int | None = None,
) -> AccessRecord:
    """Write down that personal data were seen or left the desk, before they do; see AccessRecord.

    A failure is not caught: what cannot be written down is not shown.
    """
    return AccessRecord.objects.create(
        way=way, user_id=user.pk if user else None, via=via, submission=submission, filters=filters or {}, count=count
    )


def record_list(request: HttpRequest, filters: type[FilterSet], count: int) -> AccessRecord:
    """Write down that the user of `request` sees a page of a list of requests with `count` rows, with what it asks for.

    `filters` are those of the list.

    A search is told from a mere look by the parameter `q`, as all of Wagtail's lists call it.
    """
    way = Way.SEARCH if request.GET.get("q", "").strip() else Way.LIST
    return record_access(way, user=request.user, filters=asked_for(request, filters), count=count)


def asked_for(request: HttpRequest, filters: type[FilterSet]) -> dict[str, Any]:
    """Return what the address of a list asks for, as AccessRecord.filters holds it: parameters that the list knows."""
    known = _OF_EVERY_LIST | parameters_of(filters)
    return {name: values for name, values in request.GET.lists() if name in known and any(values)}


def parameters_of(filters: type[FilterSet]) -> frozenset[str]:
    """Return the names under which addresses hold `filters`; a span of days has two."""
    return frozenset(
        f"{name}{end}"
        for name, known in filters.base_filters.items()
        for end in (("_from", "_to") if isinstance(known, DateFromToRangeFilter) else ("",))
    )


def forget_old_access() -> int:
    """Remove the records that are older than ACCESS_LOG_DAYS days (LEAST_DAYS at least); return how many."""
    oldest = timezone.now() - timedelta(days=max(settings.ACCESS_LOG_DAYS, LEAST_DAYS))
    forgotten = 0
    while True:
        # In parts, so that no transaction holds a million rows.
        batch = AccessRecord.objects.filter(at__lt=oldest).order_by("at").values("pk")[:_BATCH]
        removed = AccessRecord.objects.filter(pk__in=batch).delete()[0]
        forgotten += removed
        if removed < _BATCH:
            return forgotten
