"""How does the desk keep what it looks for again and again, and how is a person taken out of it?"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.brochures.forgetting import register_eraser
from partners.brochures.person import Words, names_about, words_about

# Typed freely, and so perhaps a person's; the other filters are chosen from what there is.
TYPED = ("q", "article_title")
# What is chosen comes as a code, a language or a number, and a box for a date is meant to hold one.
_CHOSEN = re.compile(r"-?[a-z_]{1,20}|zh-han[ts]|[0-9]{1,19}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_DATES = ("_from", "_to")


def may_be_typed(name: str, value: str) -> bool:
    """Say whether `value`, of the parameter `name`, may be what somebody typed; anything can be, into an address."""
    if name in TYPED:
        return True
    return (_DATE if name.endswith(_DATES) else _CHOSEN).fullmatch(value) is None


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    """Reads of saved filters."""

    def owned_by(self, user: Any) -> Self:
        """Keep those that `user` may change."""
        return self.filter(owner=user)

    def offered_to(self, user: Any) -> Self:
        """Keep those that `user` finds in the list: the own ones, then what others share, each by name."""
        mine = Q(owner=user)
        return self.filter(mine | Q(is_shared=True)).annotate(is_mine=mine).order_by("-is_mine", "name", "pk")


class SavedFilter(models.Model):
    """Search and filters of the list under a name, as the list's address has them ({name: [values]}).

    It may name a person: an erasure removes it then, since nothing is left to be found by it.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(
        _("name"), max_length=60, help_text=_("What it is for, such as ‘Failed this week’. Name no person.")
    )
    filters = models.JSONField(_("filters"))
    is_shared = models.BooleanField(
        _("share"), default=False, help_text=_("Everybody who sees the requests finds it in the list.")
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name"),
            models.CheckConstraint(condition=~Q(filters={}), name="saved_filter_narrows"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["name"], condition=Q(is_shared=True), name="saved_filter_shared")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def query(self) -> str:
        """Return it as the list's address has it."""
        return urlencode(self.filters, doseq=True)


def register() -> None:
    """Name the saved filters to every erasure."""
    register_eraser(
        "saved_filters",
        _("Saved filters that name the person"),
        forget_filters,
        count=_count_filters,
        by_age=forget_filters_by_age,
    )


def forget_filters(submission_ids: Sequence[int], address: str) -> int:
    """Remove the saved filters, whosever they are, that speak of the person; return how many."""
    return _remove(words_about(submission_ids, address))


def forget_filters_by_age(submission_ids: Sequence[int], address: str) -> int:
    """Remove those that hold the person's whole address or full name; return how many."""
    return _remove(names_about(submission_ids))


def _remove(words: Words) -> int:
    ids = list(_naming(words))
    SavedFilter.objects.filter(pk__in=ids).delete()
    return len(ids)


def _count_filters(submission_ids: Sequence[int], address: str) -> int:
    return sum(1 for _found in _naming(words_about(submission_ids, address)))


def _naming(words: Words) -> Iterator[int]:
    if not words:
        return
    for saved in SavedFilter.objects.only("name", "filters").iterator():
        typed = [value for name, values in saved.filters.items() for value in values if may_be_typed(name, value)]
        if any(words.stand_in(text) for text in [saved.name, *typed]):
            yield saved.pk
