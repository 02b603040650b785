"""Of what somebody is typing, the words whose stems are shorter are found by an index."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0056_due_for_the_search")]

    operations = [
        migrations.AddIndex(
            model_name="searchword",
            index=models.Index(
                django.db.models.expressions.RawSQL(
                    "length((ts_lexize('english_stem'::regdictionary, word::text))[1])",
                    (),
                    output_field=models.IntegerField(),
                ),
                models.F("word"),
                name="search_word_stems",
                condition=models.Q(
                    django.db.models.expressions.RawSQL(
                        "length((ts_lexize('english_stem'::regdictionary, word::text))[1]) < length(word::text)",
                        (),
                        output_field=models.BooleanField(),
                    )
                ),
            ),
        ),
    ]
