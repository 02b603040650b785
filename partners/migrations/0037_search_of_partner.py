"""The newest entries of a partner, among which a search that is narrowed to it reads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0036_counted_days")]

    operations = [
        migrations.AddIndex(
            "searchentry", models.Index(fields=["partner", "-date", "-page"], name="search_newest_of_partner")
        ),
    ]
