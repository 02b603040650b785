"""A draft that says otherwise than its translations knows it, so that they follow when it is published."""

from django.db import migrations, models

# Drafts that were corrected before: what readers see in another language is what they had in common with it.
NOTE = """
UPDATE partners_partnerarticlepage article SET disclosure_before = told.disclosure
FROM wagtailcore_page page, (
    SELECT DISTINCT ON (other.translation_key) other.translation_key, seen.disclosure
    FROM wagtailcore_page other JOIN partners_partnerarticlepage seen ON seen.page_ptr_id = other.id
    WHERE other.live AND other.alias_of_id IS NULL ORDER BY other.translation_key, other.id
) told
WHERE page.id = article.page_ptr_id AND NOT page.live AND page.alias_of_id IS NULL
    AND told.translation_key = page.translation_key AND told.disclosure <> article.disclosure;
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0042_told_corrections")]

    operations = [
        migrations.AddField(
            model_name="partnerarticlepage",
            name="disclosure_before",
            field=models.CharField(editable=False, max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="partnerarticlepage",
            name="has_new_campaign",
            field=models.BooleanField(default=False, editable=False),
        ),
        # Last: a table with rows whose triggers wait for the commit cannot be altered.
        migrations.RunSQL(NOTE, migrations.RunSQL.noop),
    ]
