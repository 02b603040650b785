import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

import partners.brochures.search_text

# Immutable, as a column that the database makes itself asks for.
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
"""
DROP = """
DROP FUNCTION partners_ideographs(text);
DROP FUNCTION partners_search_text(text, text, text, text, jsonb);
"""


TEXT = partners.brochures.search_text.SearchText(
    *(models.F(name) for name in ('reference', 'name', 'email', 'company', 'answers'))
)


class Migration(migrations.Migration):
    dependencies = [("partners", "0019_forgetting")]
    operations = [
        TrigramExtension(),
        migrations.RunSQL(FUNCTIONS, DROP),
        migrations.AddField(
            model_name='submission',
            name='search_text',
            field=models.GeneratedField(db_persist=True, expression=TEXT, output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='submission',
            name='search_ideographs',
            field=models.GeneratedField(db_persist=True, expression=partners.brochures.search_text.Ideographs(TEXT), output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField())),
        ),
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
