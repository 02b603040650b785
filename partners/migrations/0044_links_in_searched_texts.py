"""What the search knows of texts that link to pages is made anew by the worker, with marks around those links."""

from django.db import migrations

# A sweep writes each entry that is not of the page's newest publication. Entries of articles have a kind.
LOOK_AGAIN = """
UPDATE partners_searchentry entry SET published_at = 'epoch'
WHERE entry.disclosure = '' OR EXISTS (
    SELECT FROM partners_partnerarticlepage article
    WHERE article.page_ptr_id = entry.page_id AND article.body::text LIKE '%linktype%'
);
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0043_what_drafts_say_otherwise")]

    operations = [migrations.RunSQL(LOOK_AGAIN, migrations.RunSQL.noop)]
