"""How many articles are there of each kind, so that no reader waits while they are counted?

The database counts as it writes: a trigger on whatever decides who reads an article calls `partners_count_articles`
(migrations 0032, 0036, 0038 and 0059), in the transaction of the change. Nothing is added up in place, which would
make editors wait for each other: each change leaves rows of +1 and -1, a reader adds them up, and the worker merges
them. The worker also looks for articles that are not what they were counted as.
"""

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models, transaction
from procrastinate.contrib.django import app
from wagtail.models import Locale

from partners.articles import clock
from partners.deferring import BY_CLOCK

# What stands in a count's place for 'whichever'.
ANY_PARTNER, ANY_YEAR = 0, 0
ANY_TOPIC = uuid.UUID(int=0)
# The worker compares the articles in so many slices, one each minute.
SLICES = 60
_NAME = "partners.articles.tidy_counts"


class CountedArticle(models.Model):
    """What an article is counted as: the numbers are mended by what it was counted as before. There is one for each
    article that is `listed`, but for what a campaign's end has taken out since.

    The order of the columns is that of the function in the database.
    """

    article_id = models.BigIntegerField(primary_key=True)
    locale_id = models.IntegerField()
    partner_id = models.BigIntegerField()
    disclosure = models.CharField(max_length=32)
    year = models.IntegerField()
    # Translation keys: a topic is the same in each language.
    topics = ArrayField(models.UUIDField())
    # Of its campaign. From then on `latest post` does not name it, and a reader takes it off what is counted.
    ends_at = models.DateTimeField(null=True)
    # Of its publication. A narrowed list is read from here: one narrow table knows all that it asks for.
    day = models.DateField()
    # Whether lists name it when its campaign is over; True without one.
    stays = models.BooleanField()
    # Whether the numbers hold it: not any more where its campaign is over, and the worker has seen to it.
    is_new = models.BooleanField()

    class Meta:
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["ends_at"],
                condition=models.Q(ends_at__isnull=False, is_new=True),
                name="counted_article_ends",
            ),
            models.Index(
                fields=["-day", "-article_id"], condition=models.Q(is_new=True), name="counted_article_newest"
            ),
            models.Index(fields=["-day", "-article_id"], name="counted_article_listed"),
            # Of a language of which there is little among much of the others.
            models.Index(
                fields=["locale_id", "-day", "-article_id"],
                condition=models.Q(is_new=True),
                name="counted_article_newest_in",
            ),
            models.Index(fields=["locale_id", "-day", "-article_id"], name="counted_article_listed_in"),
            models.Index(fields=["partner_id", "-day", "-article_id"], name="counted_article_of_partner"),
            # Of whatever few articles have in common.
            GinIndex(fields=["topics", "locale_id", "disclosure"], name="counted_article_common", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"article {self.article_id} as counted"


class ArticleCount(models.Model):
    """So many articles more, or fewer, of a language, a kind, and a partner, year and topic or whichever."""

    locale_id = models.IntegerField()
    partner_id = models.BigIntegerField()
    disclosure = models.CharField(max_length=32)
    year = models.IntegerField()
    topic = models.UUIDField()
    articles = models.IntegerField()
    is_merged = models.BooleanField(default=False, db_default=False)

    class Meta:
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            # Of each question that a reader of the numbers asks, so that it is answered without the table.
            models.Index(
                fields=["partner_id", "topic", "year"],
                include=["locale_id", "disclosure", "articles"],
                name="article_count_of_partner",
            ),
            models.Index(
                fields=["partner_id", "year", "locale_id", "disclosure"],
                include=["topic", "articles"],
                name="article_count_of_topics",
            ),
            models.Index(
                fields=["topic", "year", "locale_id", "disclosure"],
                include=["partner_id", "articles"],
                name="article_count_of_partners",
            ),
            models.Index(fields=["id"], condition=models.Q(is_merged=False), name="article_count_to_merge"),
        ]

    def __str__(self) -> str:
        return f"{self.articles:+} articles"


class CountDoubt(models.Model):
    """Says that two changes went on at once of which each may have missed the other, so that all are to be compared."""

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"doubt {self.pk}"


def counted_posts() -> "models.QuerySet[CountedArticle]":
    """Return what the articles are counted as that `newest_posts` names now."""
    runs = models.Q(ends_at=None) | models.Q(ends_at__gt=clock.database_now())
    return CountedArticle.objects.filter(runs, is_new=True)


def counted_listed() -> "models.QuerySet[CountedArticle]":
    """Return what the articles are counted as that are `listed` now."""
    return CountedArticle.objects.filter(models.Q(stays=True) | models.Q(ends_at__gt=clock.database_now()))


def ended() -> "models.QuerySet[CountedArticle]":
    """Return what the numbers hold though its campaign is over."""
    return CountedArticle.objects.filter(is_new=True, ends_at__lte=clock.database_now())


def leave_out_ended() -> None:
    """Take what no list of the newest names any more, by its campaign's end, off the counts.

    Readers do so by themselves until then; of many articles that would be a work.
    """
    keys = list(ended().values_list("article_id", flat=True))
    if keys:
        with connection.cursor() as cursor:
            cursor.execute("SELECT partners_count_articles(%s, %s)", [keys, _moment()])


def mend(number: int = 0, of: int = 1) -> None:
    """Count those of a slice of the articles again that are not what they were counted as."""
    moment = _moment()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT partners_count_articles(ids, %s) FROM partners_miscounted(%s, %s, %s) ids WHERE ids IS NOT NULL",
            [moment, number, of, moment],
        )


def settle_doubts() -> None:
    """Compare all articles where somebody has left a doubt and all who may have missed something have ended; else the
    doubt stays for the next time.
    """
    doubts = list(CountDoubt.objects.values_list("pk", flat=True))
    if doubts and _are_over():
        mend()
        CountDoubt.objects.filter(pk__in=doubts).delete()


def _are_over() -> bool:
    # To ask is to hold the lock, so no longer than that.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT partners_counts_are_over()")
        return bool(cursor.fetchone()[0])


def _moment() -> datetime:
    return Locale.objects.values_list(clock.database_now(), flat=True)[:1].get()


def merge() -> None:
    """Write one row for all of the same kind where changes have left more; the sums stay."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT partners_merge_counts()")


@app.periodic(cron="* * * * *")
@app.task(name=_NAME, **BY_CLOCK, lock=_NAME, queueing_lock=_NAME)
def tidy_counts(timestamp: int) -> None:
    """Leave out what has ended, mend what is wrong, and merge what was counted since the last time.

    Nothing is known to make an article count for something else than it is; in an hour each is compared all the same.
    """
    leave_out_ended()
    settle_doubts()
    mend(timestamp // 60 % SLICES, SLICES)
    merge()
