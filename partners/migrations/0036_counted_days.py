"""The day of each article beside what it is counted as, so that a narrowed list is read from one narrow table; and
indexes that answer for the numbers without theirs.
"""

import importlib

import django.contrib.postgres.indexes
from django.db import migrations, models

# As 0032 has it, with the day.
_FUNCTIONS = importlib.import_module("partners.migrations.0032_article_counts").COUNT
BEFORE = _FUNCTIONS.partition("CREATE FUNCTION partners_merge")[0]
COUNT = BEFORE.replace("            campaign.ends_at)::", "            campaign.ends_at, article.publication_date)::")

DAYS = """
UPDATE partners_countedarticle counted SET day = article.publication_date
FROM partners_partnerarticlepage article WHERE article.page_ptr_id = counted.article_id;
"""


def _replacing(function: str) -> str:
    return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("partners", "0035_rare_states")]

    operations = [
        migrations.AddField("countedarticle", "day", models.DateField(null=True)),
        migrations.RunSQL(_replacing(COUNT), _replacing(BEFORE)),
        migrations.RunSQL(DAYS, migrations.RunSQL.noop),
        migrations.AlterField("countedarticle", "day", models.DateField()),
        migrations.AddIndex(
            "countedarticle", models.Index(fields=["-day", "-article_id"], name="counted_article_newest")
        ),
        migrations.AddIndex(
            "countedarticle",
            models.Index(fields=["partner_id", "-day", "-article_id"], name="counted_article_of_partner"),
        ),
        migrations.AddIndex(
            "countedarticle",
            django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["topics"], name="counted_article_topics"
            ),
        ),
        migrations.RemoveIndex("articlecount", "article_count_of_partner"),
        migrations.RemoveIndex("articlecount", "article_count_of_partners"),
        migrations.AddIndex(
            "articlecount",
            models.Index(
                fields=["partner_id", "topic", "year"],
                include=["locale_id", "disclosure", "articles"],
                name="article_count_of_partner",
            ),
        ),
        migrations.AddIndex(
            "articlecount",
            models.Index(
                fields=["partner_id", "year", "locale_id", "disclosure"],
                include=["topic", "articles"],
                name="article_count_of_topics",
            ),
        ),
        migrations.AddIndex(
            "articlecount",
            models.Index(
                fields=["topic", "year", "locale_id", "disclosure"],
                include=["partner_id", "articles"],
                name="article_count_of_partners",
            ),
        ),
    ]
