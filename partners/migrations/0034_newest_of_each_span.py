"""An index by which the sitemap's index finds the newest change of each of its parts, however many pages there are.

A part is a span of 10,000 primary keys (`home.sitemap.SPAN`).
"""

from django.db import migrations

CREATE = """
CREATE INDEX page_newest_of_span ON wagtailcore_page ((id / 10000), last_published_at DESC NULLS LAST) WHERE live
"""
DROP = "DROP INDEX page_newest_of_span"


class Migration(migrations.Migration):
    dependencies = [("partners", "0033_search_narrows_by_index"), ("wagtailcore", "0098_apitoken")]

    operations = [migrations.RunSQL(CREATE, DROP)]
