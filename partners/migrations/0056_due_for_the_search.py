"""What is due for the search is written down with the change that makes it so, and stays until it is done."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0055_mistyped_words_at_once")]

    operations = [
        migrations.CreateModel(
            name="SearchDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page_id", models.BigIntegerField(null=True)),
                ("topic_id", models.BigIntegerField(null=True)),
            ],
        ),
    ]
