"""Mail that Django and Wagtail write themselves waits in rows as well."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0046_no_overridden_campaigns")]
    operations = [
        migrations.CreateModel(
            name="AdminMail",
            fields=[
                (
                    "outgoingmessage_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="partners.outgoingmessage",
                    ),
                ),
                ("subject", models.TextField(blank=True, default="")),
                ("text", models.TextField(blank=True, default="")),
                ("language", models.CharField(max_length=16)),
            ],
            options={"default_permissions": ()},
            bases=("partners.outgoingmessage",),
        ),
    ]
