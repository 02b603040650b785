"""An index that finds a page by its place in the tree of addresses, at once, however many pages there are.

A hash index holds what is too long for a B-tree: an address may be as long as its slugs together.
"""

from django.db import migrations

CREATE = "CREATE INDEX IF NOT EXISTS page_by_url_path ON wagtailcore_page USING hash (url_path)"
DROP = "DROP INDEX IF EXISTS page_by_url_path"


class Migration(migrations.Migration):
    dependencies = [("partners", "0029_partner_campaigns")]

    operations = [migrations.RunSQL(CREATE, DROP)]
