"""An act upon many requests knows which letters there were when its page was shown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0050_forms_at_once")]

    operations = [
        migrations.AddField(model_name="bulkrun", name="newest_letter", field=models.BigIntegerField(null=True)),
    ]
