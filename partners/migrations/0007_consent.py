"""The tables of consents, and the triggers that keep them what they are: evidence."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

# Evidence is never changed. The one exception is named by the trigger: who did it is forgotten with the user's account.
REFUSE_CHANGE = """
CREATE FUNCTION partners_consent_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    forgotten text := TG_ARGV[0];
BEGIN
    IF TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - forgotten = to_jsonb(OLD) - forgotten
        AND COALESCE(to_jsonb(NEW) ->> forgotten, '') IN ('', COALESCE(to_jsonb(OLD) ->> forgotten, ''))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER consent_wording_append_only BEFORE UPDATE OR DELETE ON partners_consentwording
    FOR EACH ROW EXECUTE FUNCTION partners_consent_refuse_change('created_by_id');
-- Records and their events go when their request is erased, so only their change is refused.
CREATE TRIGGER consent_record_append_only BEFORE UPDATE ON partners_consentrecord
    FOR EACH ROW EXECUTE FUNCTION partners_consent_refuse_change('');
CREATE TRIGGER consent_event_append_only BEFORE UPDATE ON partners_consentevent
    FOR EACH ROW EXECUTE FUNCTION partners_consent_refuse_change('user_id');

CREATE FUNCTION partners_consent_event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    box partners_consentrecord;
BEGIN
    -- Two events of one record wait for each other here.
    SELECT * INTO box FROM partners_consentrecord WHERE id = NEW.record_id FOR UPDATE;
    IF (NEW.kind = 'not_given') = box.ticked
        OR (NEW.kind = 'confirmed' AND (box.purpose <> 'news' OR EXISTS (
            SELECT FROM partners_consentevent WHERE record_id = NEW.record_id AND kind = 'withdrawn')))
    THEN
        RAISE EXCEPTION 'consent % cannot be %', NEW.record_id, NEW.kind USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER consent_event_follows BEFORE INSERT ON partners_consentevent
    FOR EACH ROW EXECUTE FUNCTION partners_consent_event_follows();
"""

LET_CHANGE = """
DROP TRIGGER consent_event_follows ON partners_consentevent;
DROP FUNCTION partners_consent_event_follows;
DROP TRIGGER consent_event_append_only ON partners_consentevent;
DROP TRIGGER consent_record_append_only ON partners_consentrecord;
DROP TRIGGER consent_wording_append_only ON partners_consentwording;
DROP FUNCTION partners_consent_refuse_change;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0006_watched_mail'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsentConfirmation',
            fields=[
                ('outgoingmessage_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='partners.outgoingmessage')),
                ('address_digest', models.CharField(max_length=64)),
                ('asked_on', models.DateField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.datetime.Now(), models.DateField()), editable=False)),
            ],
            options={
                'default_permissions': (),
            },
            bases=('partners.outgoingmessage',),
        ),
        migrations.CreateModel(
            name='ConsentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('given', 'Agreed'), ('not_given', 'Box left empty'), ('confirmed', 'Confirmed'), ('withdrawn', 'Withdrawn')], max_length=10)),
                ('how', models.CharField(choices=[('form', 'on the form'), ('letter', 'by the button behind the second letter'), ('self_service', "on the page behind a letter's link"), ('one_click', "by the mail program's unsubscribe button"), ('desk', 'by the desk')], max_length=12)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ConsentRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('news', 'News from us'), ('handover', 'Data handed to the partner'), ('transfer', 'Data taken out of mainland China')], max_length=10, verbose_name='purpose')),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hant', '繁體中文'), ('zh-hans', '简体中文')], max_length=16, verbose_name='language')),
                ('text', models.TextField(verbose_name='sentence')),
                ('ticked', models.BooleanField(verbose_name='ticked')),
                ('partner_key', models.UUIDField(null=True)),
                ('partner_name', models.CharField(blank=True, max_length=255)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ConsentWording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('news', 'News from us'), ('handover', 'Data handed to the partner'), ('transfer', 'Data taken out of mainland China')], max_length=10, verbose_name='purpose')),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hant', '繁體中文'), ('zh-hans', '简体中文')], default='en', max_length=16, verbose_name='language')),
                ('version', models.PositiveIntegerField(editable=False, verbose_name='version')),
                ('text', models.TextField(max_length=1000, validators=[django.core.validators.MaxLengthValidator(1000)], verbose_name='sentence')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='added')),
            ],
            options={
                'verbose_name': 'consent wording',
                'verbose_name_plural': 'consent wordings',
                'ordering': ['purpose', 'language', '-version'],
                'default_permissions': ('add', 'view'),
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('lifted_at', models.DateTimeField(null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='brochurerequestpage',
            name='consent_handover',
            field=models.BooleanField(default=False, verbose_name='ask whether the partner may have the data'),
        ),
        migrations.AddField(
            model_name='brochurerequestpage',
            name='consent_news',
            field=models.BooleanField(default=False, verbose_name='ask whether we may send news'),
        ),
        migrations.AddField(
            model_name='brochurerequestpage',
            name='consent_transfer',
            field=models.BooleanField(default=False, verbose_name='ask whether the data may leave mainland China'),
        ),
        migrations.AddField(
            model_name='brochurerequestpage',
            name='handover_gain',
            field=models.CharField(blank=True, choices=[('gain', 'For gain: we are paid or rewarded for it'), ('no_gain', 'Not for gain: we get nothing in return')], max_length=8, verbose_name='for gain or not'),
        ),
        migrations.AddField(
            model_name='brochurerequestpage',
            name='handover_goods',
            field=models.CharField(blank=True, help_text='What the partner may advertise to the person: “office space and business services in Qianhai”.', max_length=200, verbose_name='classes of goods and services'),
        ),
        migrations.AddField(
            model_name='brochurerequestpage',
            name='handover_kinds',
            field=models.CharField(blank=True, help_text="Stands in the sentence, in this page's language: “name, e-mail address and company”.", max_length=200, verbose_name='kinds of data handed over'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(django.db.models.functions.text.Lower('email'), name='submission_by_lower_email'),
        ),
        migrations.AddField(
            model_name='consentevent',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='consentrecord',
            name='submission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='partners.submission'),
        ),
        migrations.AddField(
            model_name='consentevent',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='partners.consentrecord'),
        ),
        migrations.AddField(
            model_name='consentconfirmation',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confirmations', to='partners.consentrecord'),
        ),
        migrations.AddField(
            model_name='consentwording',
            name='created_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by'),
        ),
        migrations.AddField(
            model_name='consentrecord',
            name='wording',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='partners.consentwording'),
        ),
        migrations.AddConstraint(
            model_name='suppression',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('digest',), name='suppression_once'),
        ),
        migrations.AddConstraint(
            model_name='consentevent',
            constraint=models.UniqueConstraint(fields=('record', 'kind'), name='consent_event_once'),
        ),
        migrations.AddConstraint(
            model_name='consentevent',
            constraint=models.CheckConstraint(condition=models.Q(('how__in', ['form', 'letter', 'self_service', 'one_click', 'desk']), ('kind__in', ['given', 'not_given', 'confirmed', 'withdrawn'])), name='consent_event_is_known'),
        ),
        migrations.AddConstraint(
            model_name='consentconfirmation',
            constraint=models.UniqueConstraint(fields=('address_digest', 'asked_on'), name='consent_confirmation_daily'),
        ),
        migrations.AddConstraint(
            model_name='consentwording',
            constraint=models.UniqueConstraint(fields=('purpose', 'language', 'version'), name='consent_wording_version'),
        ),
        migrations.AddConstraint(
            model_name='consentwording',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['news', 'handover', 'transfer']), ('version__gte', 1), models.Q(('text', ''), _negated=True), models.Q(('language', ''), _negated=True)), name='consent_wording_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='consentrecord',
            constraint=models.UniqueConstraint(fields=('submission', 'purpose'), name='consent_record_once'),
        ),
        migrations.AddConstraint(
            model_name='consentrecord',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['news', 'handover', 'transfer']), models.Q(('text', ''), _negated=True)), name='consent_record_is_whole'),
        ),
        migrations.RunSQL(REFUSE_CHANGE, LET_CHANGE),
    ]
