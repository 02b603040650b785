"""Give the groups their rights. Permission rows are otherwise made after all migrations, which is too late here."""

from django.db import migrations

ADMINS = "Submission admins"
ADMIN_RIGHTS = [
    ("wagtailadmin", "admin", "access_admin", "Can access Wagtail admin"),
    ("partners", "submission", "view_submission", "Can view brochure request"),
    ("partners", "submission", "resend_submission", "Can resend the brochure"),
]
# Wagtail's own groups, which hold their rights on pages, pictures and documents already.
EDITING_GROUPS = ["Editors", "Moderators"]
EDITING_RIGHTS = [
    ("partners", model, f"{action}_{model}", f"Can {action} {model}")
    for model in ("brochure", "topic")
    for action in ("add", "change", "view")
]


def permission(apps, app_label, model, codename, name):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    row, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )
    return row


def grant(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    admins, _ = Group.objects.get_or_create(name=ADMINS)
    admins.permissions.add(*(permission(apps, *right) for right in ADMIN_RIGHTS))
    rights = [permission(apps, *right) for right in EDITING_RIGHTS]
    for group in Group.objects.filter(name__in=EDITING_GROUPS):
        group.permissions.add(*rights)


def withdraw(apps, schema_editor):
    """Take the rights back; the rows of the permissions themselves are Django's."""
    Group = apps.get_model("auth", "Group")
    Group.objects.filter(name=ADMINS).delete()
    codenames = [codename for _, _, codename, _ in EDITING_RIGHTS]
    rights = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="partners", codename__in=codenames
    )
    for group in Group.objects.filter(name__in=EDITING_GROUPS):
        group.permissions.remove(*rights)


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0002_initial_data"),
    ]
    operations = [migrations.RunPython(grant, withdraw)]
