"""Gives the forms that are already there the questions that they asked so far: a name and a company."""

from django.db import migrations

WORDS = {
    "en": ("Your name", "Company"),
    "zh-hant": ("你的姓名", "公司"),
    "zh-hans": ("您的姓名", "公司"),
}


def add_questions(apps, schema_editor):
    field = apps.get_model("partners", "RequestField")
    for page in apps.get_model("partners", "BrochureRequestPage").objects.select_related("locale"):
        name, company = WORDS.get(page.locale.language_code, WORDS["en"])
        shared = {"page": page, "locale_id": page.locale_id, "field_type": "singleline"}
        field.objects.create(**shared, sort_order=0, label=name, clean_name="name", autofill="name", required=True)
        field.objects.create(
            **shared, sort_order=1, label=company, clean_name="company", autofill="organization", required=False
        )


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_request_fields")]

    operations = [migrations.RunPython(add_questions, migrations.RunPython.noop)]
