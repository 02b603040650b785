"""Indexes of what is counted that find few articles among many: those of a language in their order, and those that
have a topic, language and kind in common.
"""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0039_consent_events_after")]

    operations = [
        BtreeGinExtension(),
        migrations.RemoveIndex("countedarticle", "counted_article_topics"),
        migrations.AddIndex(
            "countedarticle",
            django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["topics", "locale_id", "disclosure"], name="counted_article_common"
            ),
        ),
        migrations.AddIndex(
            "countedarticle",
            models.Index(
                condition=models.Q(("is_new", True)),
                fields=["locale_id", "-day", "-article_id"],
                name="counted_article_newest_in",
            ),
        ),
        migrations.AddIndex(
            "countedarticle",
            models.Index(fields=["locale_id", "-day", "-article_id"], name="counted_article_listed_in"),
        ),
    ]
