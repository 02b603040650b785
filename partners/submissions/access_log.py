"""Who saw which personal data, when, and by which way?"""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.brochures.submission import Submission


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
    """One time that personal data were seen or left. Written once, never changed but to forget what was searched for.

    `filters` holds what was asked for, as the address of the list had it ({name: [values]}); it may name a person, so
    erasing a person empties it. `count` is the number of requests, where it is known. `via` names a token or
    hand-over where no person acted.
    """

    at = models.DateTimeField(_("time"), auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("user")
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
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["-at", "-id"], name="access_newest_first")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(way__in=Way.values), name="access_way")
        ]

    def __str__(self) -> str:
        return f"access {self.pk}"


def record_access(
    way: Way,
    *,
    user: AbstractBaseUser | None = None,
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
