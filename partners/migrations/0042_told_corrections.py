"""A corrected address is told to the systems that had the former one: another event of a webhook, as often as it happens."""

from django.db import migrations, models

# Going back, there is no such event any more. What is checked at the commit is checked before the table is changed.
WITHOUT = """
DELETE FROM partners_webhookattempt USING partners_webhookdelivery delivery
    WHERE delivery.id = delivery_id AND delivery.event = 'corrected';
DELETE FROM partners_webhookdelivery WHERE event = 'corrected';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0041_search_in_one_place")]

    operations = [
        migrations.AlterField(
            model_name="webhookdelivery",
            name="event",
            field=models.CharField(
                choices=[
                    ("accepted", "Request accepted"),
                    ("corrected", "Address corrected"),
                    ("withdrawn", "Consent withdrawn"),
                    ("erased", "Request erased"),
                ],
                max_length=10,
                verbose_name="event",
            ),
        ),
        migrations.RemoveConstraint(model_name="webhookdelivery", name="webhook_delivery_is_known"),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("event__in", ["accepted", "corrected", "withdrawn", "erased"]),
                    ("purpose__in", ["", "news", "handover", "transfer"]),
                    ("state__in", ["queued", "sending", "sent", "withheld", "failed"]),
                    models.Q(("reference", ""), _negated=True),
                ),
                name="webhook_delivery_is_known",
            ),
        ),
        migrations.RemoveConstraint(model_name="webhookdelivery", name="webhook_delivery_once"),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("event", "corrected"), _negated=True),
                fields=("endpoint", "reference", "event", "purpose"),
                name="webhook_delivery_once",
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, WITHOUT),
    ]
