"""How often was an article read, and the form opened over it? Counts by article, language and day, and nothing else.

A read is one showing of the page that was really visible for some seconds (`static/js/reads.js`), not a person:
nobody is recognised, so whoever comes back is counted again.
"""

from typing import ClassVar

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class Happening(models.TextChoices):
    """What is counted of an article."""

    READ = "read", _("Read")
    OPENED = "opened", _("Form opened")


class ArticleReads(models.Model):
    """The counts of one article on one day (of the site's own time zone).

    Title, language and the partner's page are copied, so that the row says what it is about when the pages are gone.
    The database does not tie it to the article: deleting one must neither lose its counts nor wait for a reader.
    """

    article = models.ForeignKey(
        "partners.PartnerArticlePage",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    language = models.CharField(max_length=16)
    day = models.DateField()
    article_title = models.CharField(max_length=255)
    # The id of the partner's page.
    partner = models.BigIntegerField()
    reads = models.PositiveIntegerField(default=0)
    openings = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The day first: what is asked for is a span of days.
            models.UniqueConstraint(fields=["day", "article", "language"], name="article_reads_once"),
            models.CheckConstraint(condition=Q(reads__gt=0) | Q(openings__gt=0), name="article_reads_of_something"),
        ]

    def __str__(self) -> str:
        return f"article {self.article_id} on {self.day}"


# One statement, whose commit does not wait for the disk: readers of one article wait for one another at its row, and
# would wait for a flush each. A database that crashes loses the counts of its last half second. What is not
# published, or gone, gives no row to insert.
_COUNT = """
WITH relaxed AS (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO partners_articlereads AS counted (day, article_id, language, article_title, partner, reads, openings)
SELECT (statement_timestamp() AT TIME ZONE %(zone)s)::date, page.id, locale.language_code, page.title, parent.id,
    %(reads)s, %(openings)s
FROM relaxed, wagtailcore_page page
JOIN partners_partnerarticlepage article ON article.page_ptr_id = page.id
JOIN wagtailcore_locale locale ON locale.id = page.locale_id
JOIN wagtailcore_page parent ON parent.path = left(page.path, -%(step)s)
WHERE page.id = %(article)s AND page.live
ON CONFLICT (day, article_id, language) DO UPDATE SET
    reads = counted.reads + excluded.reads, openings = counted.openings + excluded.openings
"""


def count(article_id: int, happening: Happening) -> bool:
    """Count that `happening` came to pass on the published article `article_id`; return whether there is one.

    Any number may be counted at the same moment. Raises django.db.Error where the database is away.
    """

    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "zone": settings.TIME_ZONE,
                "article": article_id,
                "step": Page.steplen,
                "reads": int(happening is Happening.READ),
                "openings": int(happening is Happening.OPENED),
            },
        )
        return bool(cursor.rowcount)
