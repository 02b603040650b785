"""How many requests were there on a day, by what is asked of them? Numbers alone, that outlive what they count."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Dimension(models.TextChoices):
    """By what requests are counted. Each has one key in each of the first four, and at most one in the others."""

    OUTCOME = "outcome", _("What became of the letter")
    BROCHURE = "brochure", _("Brochure")
    ARTICLE = "article", _("Article")
    LANGUAGE = "language", _("Language")
    ACCEPTED = "accepted", _("Time until the mail server accepted the letter")
    DELIVERED = "delivered", _("Time until the letter was delivered")


class DailyCount(models.Model):
    """How many requests of one day (of the site's own time zone) to one partner share one `key` of a dimension.

    The keys: of `outcome` the state of the newest letter, or 'held', 'spam' and 'none'; of `brochure` and `article` the
    row's id, of an article that was deleted '~' with a digest of its title, and '' for the form's own page; of
    `language` its code; of the times the number of the span in `SPANS`. `partner` is the id of the partner's page, or
    0 where it was deleted before the day was counted. Linear in each dimension, so that many brochures, articles and
    languages do not multiply.
    """

    day = models.DateField()
    partner = models.BigIntegerField()
    dimension = models.CharField(max_length=10, choices=Dimension)
    key = models.CharField(max_length=40)
    title = models.CharField(max_length=255, blank=True)
    number = models.PositiveIntegerField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "dimension", "partner", "key"], name="daily_count_once"),
            models.CheckConstraint(condition=Q(dimension__in=Dimension.values), name="daily_count_dimension"),
            models.CheckConstraint(condition=Q(number__gt=0), name="daily_count_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.number} by {self.dimension} on {self.day}"


class CountedDay(models.Model):
    """A day whose requests stand in DailyCount, as they were at `counted_at`; also one that had none."""

    day = models.DateField(primary_key=True)
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return str(self.day)


# Upper bounds, in seconds, of the spans of time that a letter may take; a last one is open.
SPANS = (10, 60, 600, 3600, 86_400)
