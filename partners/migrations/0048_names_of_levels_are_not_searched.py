"""What the search knows of texts with headings is made anew by the worker, without the names of the headings' levels."""

from django.db import migrations

# A sweep writes each entry that is not of the page's newest publication. Entries of articles have a kind.
LOOK_AGAIN = """
UPDATE partners_searchentry entry SET published_at = 'epoch'
WHERE entry.disclosure = '' OR EXISTS (
    SELECT FROM partners_partnerarticlepage article
    WHERE article.page_ptr_id = entry.page_id AND article.body::text LIKE '%"heading"%'
);
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0047_admin_mail")]

    operations = [migrations.RunSQL(LOOK_AGAIN, migrations.RunSQL.noop)]
