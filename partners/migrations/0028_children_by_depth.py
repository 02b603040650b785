from django.db import migrations

# The menu and the footer of every page ask for the children of a home page, below which every article stands as well.
# By its path alone that is the whole tree; by depth and path it is a few rows.
CREATE = "CREATE INDEX page_by_depth_and_path ON wagtailcore_page (depth, path)"
DROP = "DROP INDEX page_by_depth_and_path"


class Migration(migrations.Migration):
    """Find the children of a page by an index."""

    dependencies = [("partners", "0027_share_images")]

    operations = [migrations.RunSQL(CREATE, DROP)]
