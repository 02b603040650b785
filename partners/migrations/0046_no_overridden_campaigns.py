"""A campaign that a translator has overridden would come back in all languages with the translation's next publication."""

from django.db import migrations


def forget_overrides(apps, schema_editor):
    for name in ("SegmentOverride", "OverridableSegment"):
        rows = apps.get_model("wagtail_localize", name).objects
        rows.filter(context__path="partner_campaign").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0045_addresses_in_searched_texts"),
        ("wagtail_localize", "0016_rename_page_revision_translationlog_revision"),
    ]
    operations = [migrations.RunPython(forget_overrides, migrations.RunPython.noop)]
