"""What was done with a box is checked at the end of the statement that writes it, so that the box may be written by the
same one. Events of one box wait for each other as before; the foreign key is looked at later, at the commit.
"""

from django.db import migrations

_TRIGGER = """
DROP TRIGGER consent_event_follows ON partners_consentevent;
CREATE TRIGGER consent_event_follows {} INSERT ON partners_consentevent
    FOR EACH ROW EXECUTE FUNCTION partners_consent_event_follows();
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0038_counted_listed")]

    operations = [migrations.RunSQL(_TRIGGER.format("AFTER"), _TRIGGER.format("BEFORE"))]
