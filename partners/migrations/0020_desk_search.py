import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


# What was said and the reference, as `partners.brochures.search_text` looks for them.
FUNCTIONS = """
CREATE FUNCTION partners_search_text(reference text, name text, email text, company text, answers jsonb)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(normalize(concat_ws(' ', reference, name, email, company,
        (SELECT string_agg(value #>> '{}', ' ') FROM jsonb_path_query(answers, '$[*].value') AS value
            WHERE jsonb_typeof(value) <> 'boolean')), NFKC))
$$;
CREATE FUNCTION partners_ideographs(words text)
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT gram), '{}')
    FROM regexp_matches(words, '[\u3400-\u9fff]+', 'g') AS run,
        generate_series(1, length(run[1])) AS at,
        LATERAL (VALUES (substr(run[1], at, 1)), (substr(run[1], at, 2))) AS grams (gram)
$$;
CREATE FUNCTION partners_write_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.search_text <> ''
        AND (NEW.reference, NEW.name, NEW.email, NEW.company, NEW.answers)
            IS NOT DISTINCT FROM (OLD.reference, OLD.name, OLD.email, OLD.company, OLD.answers)
    THEN
        NEW.search_text := OLD.search_text;
        NEW.search_ideographs := OLD.search_ideographs;
    ELSE
        NEW.search_text := partners_search_text(NEW.reference, NEW.name, NEW.email, NEW.company, NEW.answers);
        NEW.search_ideographs := partners_ideographs(NEW.search_text);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER write_search_text BEFORE INSERT OR UPDATE ON partners_submission
    FOR EACH ROW EXECUTE FUNCTION partners_write_search_text();
-- For the rows that there are; an index cannot be made over references that are still to be checked.
UPDATE partners_submission SET search_text = '';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
DROP = """
DROP TRIGGER write_search_text ON partners_submission;
DROP FUNCTION partners_write_search_text();
DROP FUNCTION partners_ideographs(text);
DROP FUNCTION partners_search_text(text, text, text, text, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0019_forgetting")]
    operations = [
        TrigramExtension(),
        migrations.AddField(
            model_name='submission',
            name='search_text',
            field=models.TextField(db_default='', default='', editable=False),
        ),
        migrations.AddField(
            model_name='submission',
            name='search_ideographs',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], default=list, editable=False, size=None),
        ),
        migrations.RunSQL(FUNCTIONS, DROP),
        migrations.AddIndex(
            model_name='submission',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search_text'], name='submission_search', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search_ideographs'], name='submission_search_ideographs'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('article_title'), name='gin_trgm_ops'), name='submission_article'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['language', '-created_at', '-id'], name='submission_by_language'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['brochure', '-created_at', '-id'], name='submission_by_brochure'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('spam_at__isnull', False)), fields=['-spam_at'], name='submission_spam'),
        ),
    ]
