"""When did periodic work last get done? A row that whoever does it renews, by the database's clock."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

# Renewed by a job of every minute.
PERIODIC_WORK = "periodic work"
# Renewed when all requests whose time was over have been forgotten, which is done every night.
FORGETTING = "forgetting"


class Heartbeat(models.Model):
    """The last sign of life of `name`.

    procrastinate's own table of periodic jobs holds the minute for which a job was meant, by the clock of the
    machine that wrote it, and not whether anybody ran it: a clock that is an hour off would hide a scheduler that
    died, or raise an alarm for one that lives.
    """

    name = models.CharField(max_length=50, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return self.name


def give_sign(name: str = PERIODIC_WORK) -> None:
    """Write down that `name` is alive now."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=Now())], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )


def expect_sign(name: str) -> None:
    """Reckon from now on when `name` was last done, where it never was; otherwise change nothing."""
    Heartbeat.objects.bulk_create([Heartbeat(name=name, at=Now())], ignore_conflicts=True)
