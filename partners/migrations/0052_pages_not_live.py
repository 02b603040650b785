"""An index by which a search knows at once that a page it has found is live: it holds those that are not."""

from django.db import migrations

CREATE = "CREATE INDEX page_not_live ON wagtailcore_page (id) WHERE NOT live"
DROP = "DROP INDEX page_not_live"


class Migration(migrations.Migration):
    dependencies = [("partners", "0051_letters_known_to_a_page"), ("wagtailcore", "0098_apitoken")]

    operations = [migrations.RunSQL(CREATE, DROP)]
