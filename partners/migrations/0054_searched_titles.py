"""Titles that are searched in a table of their own, where those of many pages lie in one block, kept by a trigger."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

FOLLOWS = """
CREATE FUNCTION partners_search_title_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM partners_searchtitle WHERE page_id = OLD.page_id;
        RETURN NULL;
    END IF;
    INSERT INTO partners_searchtitle (page_id, date, locale_id, disclosure, topics, title_vector)
    VALUES (NEW.page_id, NEW.date, NEW.locale_id, NEW.disclosure, NEW.topics, NEW.title_vector)
    ON CONFLICT (page_id) DO UPDATE SET (date, locale_id, disclosure, topics, title_vector)
        = (excluded.date, excluded.locale_id, excluded.disclosure, excluded.topics, excluded.title_vector);
    RETURN NULL;
END $$;
CREATE TRIGGER search_title_follows
    AFTER INSERT OR DELETE OR UPDATE OF date, locale_id, disclosure, topics, title_vector ON partners_searchentry
    FOR EACH ROW EXECUTE FUNCTION partners_search_title_follows();
INSERT INTO partners_searchtitle (page_id, date, locale_id, disclosure, topics, title_vector)
SELECT page_id, date, locale_id, disclosure, topics, title_vector FROM partners_searchentry
ORDER BY date DESC, page_id DESC;
"""
NO_MORE = """
DROP TRIGGER search_title_follows ON partners_searchentry;
DROP FUNCTION partners_search_title_follows();
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0053_words_of_titles")]

    operations = [
        migrations.CreateModel(
            name="SearchTitle",
            fields=[
                ("page_id", models.IntegerField(primary_key=True, serialize=False)),
                ("date", models.DateField()),
                ("locale_id", models.IntegerField()),
                ("disclosure", models.CharField(blank=True, max_length=32)),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("title_vector", django.contrib.postgres.search.SearchVectorField()),
            ],
        ),
        # The trigger before the rows: whoever writes meanwhile waits for this transaction.
        migrations.RunSQL(FOLLOWS, NO_MORE),
        migrations.RemoveIndex("searchentry", "search_title"),
        migrations.AddIndex(
            "searchtitle",
            django.contrib.postgres.indexes.GinIndex(fields=["title_vector"], name="search_title", fastupdate=False),
        ),
        migrations.AddIndex(
            "searchtitle", models.Index(fields=["-date", "-page_id"], name="search_newest_titles")
        ),
    ]
