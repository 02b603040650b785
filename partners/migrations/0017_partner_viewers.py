"""Who sees requests for a partner's sake, whose form each request came from, and a log of access that nobody rewrites."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION partners_access_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- What names a person: emptied, or the name taken out of it; never rewritten otherwise.
    forgotten text[] := ARRAY['user_id', 'submission_id', 'filters'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '30 days' THEN
            RETURN OLD;
        END IF;
    ELSIF to_jsonb(NEW) - forgotten = to_jsonb(OLD) - forgotten
        AND (NEW.user_id IS NULL OR NEW.user_id = OLD.user_id)
        AND (NEW.submission_id IS NULL OR NEW.submission_id = OLD.submission_id)
        AND (NEW.filters = '{}'::jsonb OR NEW.filters = OLD.filters OR NEW.filters::text LIKE '%[erased]%')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER access_record_append_only BEFORE UPDATE OR DELETE ON partners_accessrecord
    FOR EACH ROW EXECUTE FUNCTION partners_access_append_only();
"""
LET_CHANGE = """
DROP TRIGGER access_record_append_only ON partners_accessrecord;
DROP FUNCTION partners_access_append_only;
"""

# Whom a consent names comes first: the form may have moved to another partner since.
NAME_PARTNERS = """
UPDATE partners_submission AS request
SET partner_title = consent.partner_name,
    partner_id = (
        SELECT page.id FROM wagtailcore_page AS page
        JOIN partners_partnerpage AS partner ON partner.page_ptr_id = page.id
        JOIN wagtailcore_locale AS locale ON locale.id = page.locale_id
        WHERE page.translation_key = consent.partner_key AND locale.language_code = request.language
    )
FROM (
    SELECT DISTINCT ON (submission_id) submission_id, partner_key, partner_name FROM partners_consentrecord
    WHERE partner_key IS NOT NULL ORDER BY submission_id, id
) AS consent
WHERE consent.submission_id = request.id;

UPDATE partners_submission AS request
SET partner_title = page.title, partner_id = page.id
FROM wagtailcore_page AS form
JOIN wagtailcore_page AS page ON page.path = left(form.path, -4)
JOIN partners_partnerpage AS partner ON partner.page_ptr_id = page.id
WHERE form.id = request.form_page_id AND request.partner_id IS NULL AND request.partner_title = '';

-- An index cannot be made, nor a table altered, over references that are still to be checked.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

ADMIN = ("wagtailadmin", "admin", "access_admin", "Can access Wagtail admin")
GROUPS = {
    "Partner viewers": [
        ADMIN,
        ("partners", "accessrecord", "view_handed_over", "Can view requests handed over to the own partners"),
    ],
    "Auditors": [
        ADMIN,
        ("partners", "submission", "audit_submission", "Can read the log of who saw personal data"),
    ],
    "Submission admins": [
        ("partners", "partnerviewer", f"{action}_partnerviewer", f"Can {action} partner viewer")
        for action in ("add", "change", "delete", "view")
    ],
}
MADE_HERE = ["Partner viewers", "Auditors"]


def permission(apps, app_label, model, codename, name):
    """Return the permission; its row is otherwise made after all migrations, which is too late here."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    row, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )
    return row


def grant(apps, schema_editor):
    """Make the two groups, and give the third its rights where it still has the name that it was shipped with."""
    Group = apps.get_model("auth", "Group")
    for name in MADE_HERE:
        Group.objects.get_or_create(name=name)
    for group in Group.objects.filter(name__in=GROUPS):
        group.permissions.add(*(permission(apps, *right) for right in GROUPS[group.name]))


def withdraw(apps, schema_editor):
    """Take the rights back. The groups stay, with their members, and the rows of the permissions are Django's."""
    Permission = apps.get_model("auth", "Permission")
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        codenames = [codename for _, _, codename, _ in GROUPS[group.name]]
        group.permissions.remove(*Permission.objects.filter(codename__in=codenames))


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0016_handover'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PartnerViewer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='added')),
            ],
            options={
                'verbose_name': 'partner viewer',
                'verbose_name_plural': 'partner viewers',
                'ordering': ['partner__title', 'pk'],
            },
        ),
        migrations.AlterModelOptions(
            name='accessrecord',
            options={'default_permissions': (), 'ordering': ['-at', '-pk'], 'permissions': [('view_handed_over', 'Can view requests handed over to the own partners')], 'verbose_name': 'access to personal data', 'verbose_name_plural': 'accesses to personal data'},
        ),
        migrations.AddField(
            model_name='submission',
            name='partner',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='submissions', to='partners.partnerpage', verbose_name='partner'),
        ),
        migrations.AddField(
            model_name='submission',
            name='partner_title',
            field=models.CharField(blank=True, db_default="", max_length=255, verbose_name='partner'),
        ),
        migrations.AlterField(
            model_name='accessrecord',
            name='user',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AddIndex(
            model_name='accessrecord',
            index=models.Index(fields=['user', '-at', '-id'], name='access_by_user'),
        ),
        migrations.AddIndex(
            model_name='accessrecord',
            index=models.Index(fields=['way', '-at', '-id'], name='access_by_way'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['partner', '-created_at', '-id'], name='submission_by_partner'),
        ),
        migrations.AddField(
            model_name='partnerviewer',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='viewers', to='partners.partnerpage', verbose_name='partner'),
        ),
        migrations.AddField(
            model_name='partnerviewer',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='partner_ties', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AddConstraint(
            model_name='partnerviewer',
            constraint=models.UniqueConstraint(fields=('user', 'partner'), name='partner_viewer_once'),
        ),
        migrations.RunSQL(NAME_PARTNERS, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, LET_CHANGE),
        migrations.RunPython(grant, withdraw),
    ]
