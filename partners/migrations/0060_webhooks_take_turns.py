"""Webhooks take turns, and a secret signs for its whole day however often it is changed within it."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0059_counts_at_once")]

    operations = [
        migrations.AddField(
            model_name="webhookendpoint",
            name="earlier_until",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DateTimeField(), db_default=[], default=list, editable=False, size=None
            ),
        ),
        migrations.CreateModel(
            name="WebhookTurn",
            fields=[
                (
                    "endpoint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="turn",
                        serialize=False,
                        to="partners.webhookendpoint",
                    ),
                ),
                ("spoken_to_at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "queued")),
                fields=["endpoint", "due_at", "id"],
                name="webhook_delivery_next",
            ),
        ),
    ]
