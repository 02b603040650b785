"""An index of the letters in states that few are in, among which the desk looks for them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0034_newest_of_each_span")]

    operations = [
        migrations.AddIndex(
            model_name="outgoingmessage",
            index=models.Index(
                condition=models.Q(("state__in", ["sent", "delivered"]), _negated=True),
                fields=["state"],
                name="outgoing_message_rare_state",
            ),
        ),
    ]
