"""Which columns has a user chosen for the desk's list?"""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeskColumns(models.Model):
    """A user's choice: `names` as `columns.py` knows them, in the list's order. Who never chose has no row."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    names = ArrayField(models.CharField(max_length=270), default=list)

    class Meta:
        verbose_name = _("columns of the desk")
        verbose_name_plural = _("columns of the desk")
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return f"columns {self.pk}"


def choose(user: Any, names: list[str]) -> None:
    """Keep what `user` has chosen."""
    DeskColumns.objects.update_or_create(user=user, defaults={"names": names})
