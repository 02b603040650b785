"""Words that come to the search are put into their index at once, not on a list that each search for a mistyped word
reads to its end; what is on that list is put in."""

import django.contrib.postgres.indexes
from django.db import migrations, models

# The setting alone: the index stays as it is, and nobody waits while it is made anew.
AT_ONCE = "ALTER INDEX search_word_trigrams SET (fastupdate = off)"
LATER = "ALTER INDEX search_word_trigrams RESET (fastupdate)"
PUT_IN = "SELECT gin_clean_pending_list('search_word_trigrams')"
INDEX = django.contrib.postgres.indexes.GinIndex(
    django.contrib.postgres.indexes.OpClass(models.F("word"), name="gin_trgm_ops"),
    name="search_word_trigrams",
    fastupdate=False,
)


class Migration(migrations.Migration):
    dependencies = [("partners", "0054_searched_titles")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(AT_ONCE, LATER)],
            state_operations=[
                migrations.RemoveIndex("searchword", "search_word_trigrams"),
                migrations.AddIndex("searchword", INDEX),
            ],
        ),
        migrations.RunSQL(PUT_IN, migrations.RunSQL.noop),
    ]
