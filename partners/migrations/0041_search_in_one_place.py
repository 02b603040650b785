"""A search entry's vectors in the entry itself, the newest entries side by side: what is weighed is read from a block
each instead of four.

The table is written anew, during which searches wait: 15 seconds for 100,000 pages. Not in one transaction, since
VACUUM allows none; each step may be repeated.
"""

from django.db import migrations

# Up to a whole block is left in a row. What does not fit then is the text, of which only hits are read.
TOGETHER = """
ALTER TABLE partners_searchentry
    ALTER title_vector SET STORAGE MAIN, ALTER vector SET STORAGE MAIN, SET (toast_tuple_target = 8160);
"""
APART = """
ALTER TABLE partners_searchentry
    ALTER title_vector SET STORAGE EXTENDED, ALTER vector SET STORAGE EXTENDED, RESET (toast_tuple_target);
"""
SIDE_BY_SIDE = "CLUSTER partners_searchentry USING search_newest_first"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("partners", "0040_few_among_many")]

    operations = [
        migrations.RunSQL(TOGETHER, APART),
        migrations.RunSQL(SIDE_BY_SIDE, migrations.RunSQL.noop),
        migrations.RunSQL("VACUUM ANALYZE partners_searchentry", migrations.RunSQL.noop),
    ]
