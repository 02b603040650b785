"""The numbers beside a list's filters, counted by triggers as articles are written (`partners.articles.article_count`).

`partners_count_articles` may be called for any articles at any time: it compares what they are with what they were
counted as, and writes the difference.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

COUNT = """
CREATE FUNCTION partners_count_articles(ids bigint[], ended_by timestamptz DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wanted partners_countedarticle[];
    stored partners_countedarticle[];
BEGIN
    -- One after the other: of two transactions that change an article, the second counts what the first has left.
    PERFORM 1 FROM partners_partnerarticlepage WHERE page_ptr_id = ANY(ids) ORDER BY page_ptr_id FOR NO KEY UPDATE;
    SELECT array_agg(ROW(page.id, page.locale_id, partner.id, article.disclosure,
            extract(year FROM article.publication_date)::integer,
            ARRAY(SELECT DISTINCT topic.translation_key
                FROM partners_partnerarticlepage_topics named JOIN partners_topic topic ON topic.id = named.topic_id
                WHERE named.partnerarticlepage_id = page.id ORDER BY 1),
            campaign.ends_at)::partners_countedarticle ORDER BY page.id)
        INTO wanted
        FROM partners_partnerarticlepage article
        JOIN wagtailcore_page page ON page.id = article.page_ptr_id
        JOIN wagtailcore_page partner ON partner.path = left(page.path, -4)
        LEFT JOIN partners_partnercampaign campaign ON campaign.id = article.partner_campaign_id
        WHERE article.page_ptr_id = ANY(ids) AND page.live AND article.disclosure <> ''
            AND NOT coalesce(campaign.ends_at <= ended_by, false)
            AND NOT EXISTS (SELECT FROM wagtailcore_pageviewrestriction restriction
                JOIN wagtailcore_page top ON top.id = restriction.page_id WHERE starts_with(page.path, top.path));
    SELECT array_agg(counted ORDER BY article_id) INTO stored
        FROM partners_countedarticle counted WHERE article_id = ANY(ids);
    IF wanted IS NOT DISTINCT FROM stored THEN
        RETURN;
    END IF;
    INSERT INTO partners_articlecount (locale_id, partner_id, disclosure, year, topic, articles)
        SELECT one.locale_id, partner, one.disclosure, year_or_any, topic_or_any, sum(sign)
        FROM (
            SELECT -1 AS sign, old.* FROM unnest(stored) old UNION ALL SELECT 1, new.* FROM unnest(wanted) new
        ) one,
        LATERAL (VALUES (0), (one.partner_id)) AS partners (partner),
        LATERAL (VALUES (0), (one.year)) AS years (year_or_any),
        LATERAL unnest('00000000-0000-0000-0000-000000000000'::uuid || one.topics) AS topics (topic_or_any)
        GROUP BY 1, 2, 3, 4, 5 HAVING sum(sign) <> 0;
    DELETE FROM partners_countedarticle WHERE article_id = ANY(ids);
    INSERT INTO partners_countedarticle SELECT (one).* FROM unnest(wanted) one;
END $$;

CREATE FUNCTION partners_merge_counts() RETURNS void LANGUAGE sql AS $$
    WITH kinds AS (
        SELECT DISTINCT locale_id, partner_id, disclosure, year, topic FROM partners_articlecount WHERE NOT is_merged
    ), parts AS (
        DELETE FROM partners_articlecount part USING kinds
        WHERE (part.partner_id, part.topic, part.year, part.locale_id, part.disclosure)
            = (kinds.partner_id, kinds.topic, kinds.year, kinds.locale_id, kinds.disclosure)
        RETURNING part.*
    )
    INSERT INTO partners_articlecount (locale_id, partner_id, disclosure, year, topic, articles, is_merged)
        SELECT locale_id, partner_id, disclosure, year, topic, sum(articles), true
        FROM parts GROUP BY 1, 2, 3, 4, 5 HAVING sum(articles) <> 0;
$$;
"""
UNCOUNT = """
DROP FUNCTION partners_merge_counts();
DROP FUNCTION partners_count_articles(bigint[], timestamptz);
"""

_ARTICLES_BELOW = """
SELECT page.id FROM {rows} restriction JOIN wagtailcore_page top ON top.id = restriction.page_id
JOIN wagtailcore_page page ON page.path LIKE top.path || '%'
JOIN partners_partnerarticlepage article ON article.page_ptr_id = page.id
"""
# By table and kind of change: which articles may count otherwise than before.
CHANGED = {
    ("wagtailcore_page", "UPDATE"): """
        SELECT n.id FROM new_rows n JOIN old_rows o USING (id)
        JOIN partners_partnerarticlepage article ON article.page_ptr_id = n.id
        WHERE (n.live, n.path, n.locale_id) IS DISTINCT FROM (o.live, o.path, o.locale_id)""",
    ("partners_partnerarticlepage", "INSERT"): "SELECT page_ptr_id FROM new_rows",
    ("partners_partnerarticlepage", "UPDATE"): """
        SELECT n.page_ptr_id FROM new_rows n JOIN old_rows o USING (page_ptr_id)
        WHERE (n.disclosure, n.publication_date, n.partner_campaign_id)
            IS DISTINCT FROM (o.disclosure, o.publication_date, o.partner_campaign_id)""",
    ("partners_partnerarticlepage", "DELETE"): "SELECT page_ptr_id FROM old_rows",
    ("partners_partnerarticlepage_topics", "INSERT"): "SELECT partnerarticlepage_id FROM new_rows",
    ("partners_partnerarticlepage_topics", "UPDATE"): """
        SELECT partnerarticlepage_id FROM new_rows UNION SELECT partnerarticlepage_id FROM old_rows""",
    ("partners_partnerarticlepage_topics", "DELETE"): "SELECT partnerarticlepage_id FROM old_rows",
    ("partners_topic", "UPDATE"): """
        SELECT named.partnerarticlepage_id FROM new_rows n JOIN old_rows o USING (id)
        JOIN partners_partnerarticlepage_topics named ON named.topic_id = n.id
        WHERE n.translation_key <> o.translation_key""",
    ("partners_partnercampaign", "UPDATE"): """
        SELECT article.page_ptr_id FROM new_rows n JOIN old_rows o USING (id)
        JOIN partners_partnerarticlepage article ON article.partner_campaign_id = n.id
        WHERE n.ends_at <> o.ends_at""",
    ("wagtailcore_pageviewrestriction", "INSERT"): _ARTICLES_BELOW.format(rows="new_rows"),
    ("wagtailcore_pageviewrestriction", "UPDATE"): "{} UNION {}".format(
        _ARTICLES_BELOW.format(rows="new_rows"), _ARTICLES_BELOW.format(rows="old_rows")
    ),
    ("wagtailcore_pageviewrestriction", "DELETE"): _ARTICLES_BELOW.format(rows="old_rows"),
}
_ROWS = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "NEW TABLE AS new_rows OLD TABLE AS old_rows",
    "DELETE": "OLD TABLE AS old_rows",
}


def _follow(table: str, what: str, changed: str) -> str:
    name = f"partners_count_{what.lower()}_{table.removeprefix('partners_')}"
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT id) INTO ids FROM ({changed}) AS changed (id);
    IF ids IS NOT NULL THEN
        PERFORM partners_count_articles(ids);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_articles_{what.lower()} AFTER {what} ON {table} REFERENCING {_ROWS[what]}
    FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""


def _let(table: str, what: str) -> str:
    name = f"partners_count_{what.lower()}_{table.removeprefix('partners_')}"
    return f"DROP TRIGGER count_articles_{what.lower()} ON {table};\nDROP FUNCTION {name}();\n"


# For the articles that there are.
FIRST = """
SELECT partners_count_articles((SELECT array_agg(page_ptr_id) FROM partners_partnerarticlepage));
UPDATE partners_articlecount SET is_merged = true;
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0031_article_notes"), ("wagtailcore", "0098_apitoken")]

    operations = [
        migrations.CreateModel(
            name="CountedArticle",
            fields=[
                ("article_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("locale_id", models.IntegerField()),
                ("partner_id", models.BigIntegerField()),
                ("disclosure", models.CharField(max_length=32)),
                ("year", models.IntegerField()),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
                ("ends_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("ends_at__isnull", False)), fields=["ends_at"], name="counted_article_ends"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("locale_id", models.IntegerField()),
                ("partner_id", models.BigIntegerField()),
                ("disclosure", models.CharField(max_length=32)),
                ("year", models.IntegerField()),
                ("topic", models.UUIDField()),
                ("articles", models.IntegerField()),
                ("is_merged", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["partner_id", "topic", "year"], name="article_count_of_partner"),
                    models.Index(fields=["topic", "year", "partner_id"], name="article_count_of_partners"),
                    models.Index(
                        condition=models.Q(("is_merged", False)), fields=["id"], name="article_count_to_merge"
                    ),
                ],
            },
        ),
        migrations.RunSQL(COUNT, UNCOUNT),
        *(
            migrations.RunSQL(_follow(table, what, changed), _let(table, what))
            for (table, what), changed in CHANGED.items()
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
    ]
