"""Campaigns of partners, the articles' place in them, and who may keep them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


EDITING_GROUPS = ["Editors", "Moderators"]
ACTIONS = ["add", "change", "delete", "view"]


def grant(apps, schema_editor):
    """Permission rows are otherwise made after all migrations, which is too late here."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="partners", model="partnercampaign"
    )
    rights = [
        apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type,
            codename=f"{action}_partnercampaign",
            defaults={"name": f"Can {action} campaign of a partner"},
        )[0]
        for action in ACTIONS
    ]
    for group in apps.get_model("auth", "Group").objects.filter(name__in=EDITING_GROUPS):
        group.permissions.add(*rights)


def withdraw(apps, schema_editor):
    """Take the rights back; the rows of the permissions themselves are Django's."""
    rights = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="partners", content_type__model="partnercampaign"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=EDITING_GROUPS):
        group.permissions.remove(*rights)


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0028_children_by_depth'),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0002_initial_data"),
    ]

    operations = [
        migrations.CreateModel(
            name='PartnerCampaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='For editors; readers do not see it.', max_length=120, verbose_name='name')),
                ('starts_at', models.DateTimeField(help_text='Its articles cannot be published earlier.', verbose_name='begins')),
                ('ends_at', models.DateTimeField(help_text='At this moment forms close and ‘latest post’ drops its articles. A later end undoes it.', verbose_name='ends')),
                ('ending', models.CharField(choices=[('stays', 'The page stays, and lists keep it'), ('unlisted', 'The page stays, but no list, feed, sitemap or search names it'), ('redirects', 'The page leads to another one'), ('gone', 'The page is gone (410)')], default='stays', help_text='The label stays.', max_length=12, verbose_name='at the end')),
                ('redirect_address', models.CharField(blank=True, help_text='Of this site, beginning with a slash, for what is not a page, such as /search/?q=port.', max_length=255, verbose_name='or address it leads to')),
                ('told', models.CharField(blank=True, editable=False, max_length=24)),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='partners.partnerpage', verbose_name='partner')),
                ('redirect_page', models.ForeignKey(blank=True, help_text='Where this is chosen above. Without a page or an address, it leads to the partner’s page.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.WAGTAIL_PAGE_MODEL, verbose_name='page it leads to')),
            ],
            options={
                'verbose_name': 'campaign of a partner',
                'verbose_name_plural': 'campaigns of partners',
                'ordering': ['-ends_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='partnerarticlepage',
            name='partner_campaign',
            field=models.ForeignKey(blank=True, help_text='What the partner has booked, with its end. It counts for the article in all of its languages.', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='articles', to='partners.partnercampaign', verbose_name='campaign'),
        ),
        migrations.AddIndex(
            model_name='partnercampaign',
            index=models.Index(fields=['ends_at'], name='partner_campaign_ends'),
        ),
        migrations.AddConstraint(
            model_name='partnercampaign',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='partner_campaign_ends_after_start', violation_error_message='The end must come after the beginning.'),
        ),
        migrations.AddConstraint(
            model_name='partnercampaign',
            constraint=models.CheckConstraint(condition=models.Q(('ending__in', ['stays', 'unlisted', 'redirects', 'gone'])), name='partner_campaign_ending_is_known'),
        ),
        migrations.AddConstraint(
            model_name='partnercampaign',
            constraint=models.CheckConstraint(condition=models.Q(('redirect_address', ''), ('redirect_address__regex', '^/($|[^/\\\\])'), _connector='OR'), name='partner_campaign_redirects_within', violation_error_message='Enter an address of this site that begins with one slash.'),
        ),
        migrations.RunPython(grant, withdraw),
    ]
