"""A form is taken by one statement, and what it costs does not depend on how many came within the hour.

Limits are counted by parts of their period, in rows that are changed in place; a statement can refuse to be carried
out where a limit has no room; the first event of a consent locks nothing; and no row is written into two indexes of
which one would do.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import Exact

REQUIRE_ROOM = """
CREATE FUNCTION partners_require_room(had_room text[], asked integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(had_room) < asked THEN
        RAISE EXCEPTION 'a limit has no room' USING ERRCODE = 'QH001';
    END IF;
    RETURN '';
END $$;
"""

# Each time that is there was one event. Room in each block: a row that is changed stays in its own.
COUNT_THOSE_THAT_ARE = """
UPDATE partners_allowance SET counts = array_fill(1, ARRAY[cardinality(times)]) WHERE cardinality(times) > 0;
ALTER TABLE partners_allowance SET (fillfactor = 80);
"""
AS_BEFORE = "ALTER TABLE partners_allowance RESET (fillfactor);"

# What the form did with a box does not depend on what happened to it before: nothing has.
_FOLLOWS = """
CREATE OR REPLACE FUNCTION partners_consent_event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    box partners_consentrecord;
BEGIN
    {look}
    IF (NEW.kind = 'not_given') = box.ticked
        OR (NEW.kind = 'confirmed' AND (box.purpose <> 'news' OR EXISTS (
            SELECT FROM partners_consentevent WHERE record_id = NEW.record_id AND kind = 'withdrawn')))
    THEN
        RAISE EXCEPTION 'consent % cannot be %', NEW.record_id, NEW.kind USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
_LOCKED = """-- Two events of one record wait for each other here.
    SELECT * INTO box FROM partners_consentrecord WHERE id = NEW.record_id FOR UPDATE;"""
_LOCKED_BUT_FOR_THE_FIRST = """IF NEW.kind IN ('given', 'not_given') THEN
        SELECT * INTO box FROM partners_consentrecord WHERE id = NEW.record_id;
    ELSE
        -- Two events of one record wait for each other here.
        SELECT * INTO box FROM partners_consentrecord WHERE id = NEW.record_id FOR UPDATE;
    END IF;"""

# A subject is 64 hexadecimal digits: what a regular expression has said until now takes ten times as long.
_WITHOUT_HEXADECIMAL_DIGITS = models.Func(
    models.F("subject"),
    models.Value("0123456789abcdef"),
    models.Value(""),
    function="translate",
    output_field=models.TextField(),
)
IS_A_HASH = models.Q(Exact(Length("subject"), 64), Exact(_WITHOUT_HEXADECIMAL_DIGITS, models.Value("")))


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0049_addresses_not_ascii"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "allowance",
            "counts",
            django.contrib.postgres.fields.ArrayField(models.IntegerField(), db_default=[]),
        ),
        migrations.RunSQL(COUNT_THOSE_THAT_ARE, AS_BEFORE),
        migrations.RemoveIndex("allowance", "allowance_touched"),
        migrations.RemoveConstraint("allowance", "allowance_subject_is_a_hash"),
        migrations.AddConstraint(
            "allowance", models.CheckConstraint(condition=IS_A_HASH, name="allowance_subject_is_a_hash")
        ),
        migrations.RunSQL(REQUIRE_ROOM, "DROP FUNCTION partners_require_room;"),
        # Of each of these there is an index that begins with the same column, or hardly a row that has one.
        migrations.AlterField(
            "consentevent",
            "record",
            models.ForeignKey(
                "partners.consentrecord", django.db.models.deletion.CASCADE, related_name="events", db_index=False
            ),
        ),
        migrations.AlterField(
            "consentevent",
            "user",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                django.db.models.deletion.SET_NULL,
                null=True,
                related_name="+",
                db_index=False,
            ),
        ),
        migrations.AddIndex(
            "consentevent",
            models.Index(fields=["user"], condition=models.Q(user__isnull=False), name="consent_event_of_user"),
        ),
        migrations.AlterField(
            "consentrecord",
            "submission",
            models.ForeignKey(
                "partners.submission", django.db.models.deletion.CASCADE, related_name="consents", db_index=False
            ),
        ),
        migrations.AlterField(
            "submission",
            "brochure",
            models.ForeignKey(
                "partners.brochure",
                django.db.models.deletion.PROTECT,
                null=True,
                related_name="submissions",
                db_index=False,
            ),
        ),
        migrations.RunSQL(_FOLLOWS.format(look=_LOCKED_BUT_FOR_THE_FIRST), _FOLLOWS.format(look=_LOCKED)),
    ]
