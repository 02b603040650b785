"""Give the submission admins the desk's new rights; permission rows are otherwise made after all migrations."""

from django.db import migrations

GROUP = "Submission admins"
RIGHTS = [
    ("work_submission", "Can work on brochure requests"),
    ("export_submission", "Can export brochure requests"),
    ("erase_submission", "Can erase personal data"),
]


def grant(apps, schema_editor):
    """Give the rights to the group, where it still has the name that it was shipped with."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="partners", model="submission"
    )
    rights = [
        apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )[0]
        for codename, name in RIGHTS
    ]
    for group in apps.get_model("auth", "Group").objects.filter(name=GROUP):
        group.permissions.add(*rights)


def withdraw(apps, schema_editor):
    """Take the rights back; the rows of the permissions themselves are Django's."""
    rights = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="partners", codename__in=[codename for codename, _ in RIGHTS]
    )
    for group in apps.get_model("auth", "Group").objects.filter(name=GROUP):
        group.permissions.remove(*rights)


class Migration(migrations.Migration):
    dependencies = [("partners", "0013_desk_rights")]
    operations = [migrations.RunPython(grant, withdraw)]
