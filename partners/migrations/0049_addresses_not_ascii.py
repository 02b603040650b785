"""Indexes of the few addresses with a letter that is not ASCII, which whoever erases a person looks at one by one."""

from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan


def is_not_ascii(field: str) -> models.Q:
    octets = models.Func(models.F(field), function="octet_length", output_field=models.IntegerField())
    return models.Q(GreaterThan(octets, Length(field)))


class Migration(migrations.Migration):
    dependencies = [("partners", "0048_names_of_levels_are_not_searched")]

    operations = [
        migrations.AddIndex(
            "outgoingmessage",
            models.Index(fields=["id"], condition=is_not_ascii("to"), name="outgoing_message_to_not_ascii"),
        ),
        migrations.AddIndex(
            "submission",
            models.Index(fields=["id"], condition=is_not_ascii("email"), name="submission_email_not_ascii"),
        ),
    ]
