"""In how many titles a word stands, so that a search knows where the index finds all of these at once."""

from django.db import migrations, models

# The index knows words by their stems: those of one stem are all told its number, which is more than some of them have.
FILL = """
WITH stems AS MATERIALIZED (SELECT word AS stem, ndoc FROM ts_stat('SELECT title_vector FROM partners_searchentry'))
UPDATE partners_searchword SET titles = ndoc
FROM stems WHERE stem = (tsvector_to_array(to_tsvector('english', partners_searchword.word)))[1]
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0052_pages_not_live")]

    operations = [
        migrations.AddField("searchword", "titles", models.PositiveIntegerField(default=0, db_default=0)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
