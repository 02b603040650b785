"""Two changes at once leave right numbers: of an article, and of what decides about others' articles as well.

Each of two transactions misses what the other has not committed: a restriction finds no article below its page that is
made meanwhile, which is counted as if there were no restriction. So whoever counts holds a lock, which all may hold, to
the end of its transaction; and what changes a restriction, the end of a campaign or the key of a topic waits until
nobody holds it, before it looks for articles.

Articles wait for nobody, or a publication could wait for an editor who waits for its article: where the lock is not to
be had, they leave a row in `partners_countdoubt`, and so does who has waited too long, and whoever changes a topic's
key, which those wait for that name the topic. The worker then compares all.
"""

import importlib

from django.db import migrations, models

_ARTICLES = importlib.import_module("partners.migrations.0032_article_counts")
_LISTED = importlib.import_module("partners.migrations.0038_counted_listed")

_DOUBT = "INSERT INTO partners_countdoubt DEFAULT VALUES;"
_LOCK = "hashtextextended('partners_count_articles', 0)"
WANTED = """
CREATE FUNCTION partners_counts_wanted(ids bigint[], ended_by timestamptz) RETURNS SETOF partners_countedarticle
LANGUAGE sql STABLE AS $$
    SELECT page.id, page.locale_id, partner.id, article.disclosure,
        extract(year FROM article.publication_date)::integer,
        ARRAY(SELECT DISTINCT topic.translation_key
            FROM partners_partnerarticlepage_topics named JOIN partners_topic topic ON topic.id = named.topic_id
            WHERE named.partnerarticlepage_id = page.id ORDER BY 1),
        campaign.ends_at, article.publication_date, coalesce(campaign.ending = 'stays', true),
        NOT coalesce(campaign.ends_at <= ended_by, false)
    FROM partners_partnerarticlepage article
    JOIN wagtailcore_page page ON page.id = article.page_ptr_id
    JOIN wagtailcore_page partner ON partner.path = left(page.path, -4)
    LEFT JOIN partners_partnercampaign campaign ON campaign.id = article.partner_campaign_id
    WHERE article.page_ptr_id = ANY(ids) AND page.live AND article.disclosure <> ''
        AND (campaign.ending = 'stays' OR NOT coalesce(campaign.ends_at <= ended_by, false))
        AND NOT EXISTS (SELECT FROM wagtailcore_pageviewrestriction restriction
            JOIN wagtailcore_page top ON top.id = restriction.page_id WHERE starts_with(page.path, top.path));
$$;
"""
COUNT = f"""
CREATE OR REPLACE FUNCTION partners_count_articles(ids bigint[], ended_by timestamptz DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wanted partners_countedarticle[];
    stored partners_countedarticle[];
BEGIN
    -- One after the other: of two transactions that change an article, the second counts what the first has left.
    PERFORM 1 FROM partners_partnerarticlepage WHERE page_ptr_id = ANY(ids) ORDER BY page_ptr_id FOR NO KEY UPDATE;
    -- Behind the articles: who waits for one of those keeps nobody waiting.
    IF NOT pg_try_advisory_xact_lock_shared({_LOCK}) THEN
        {_DOUBT}
    END IF;
    SELECT array_agg(one ORDER BY one.article_id) INTO wanted FROM partners_counts_wanted(ids, ended_by) one;
    SELECT array_agg(counted ORDER BY article_id) INTO stored
        FROM partners_countedarticle counted WHERE article_id = ANY(ids);
    IF wanted IS NOT DISTINCT FROM stored THEN
        RETURN;
    END IF;
    INSERT INTO partners_articlecount (locale_id, partner_id, disclosure, year, topic, articles)
        SELECT one.locale_id, partner, one.disclosure, year_or_any, topic_or_any, sum(sign)
        FROM (
            SELECT -1 AS sign, old.* FROM unnest(stored) old WHERE old.is_new
            UNION ALL SELECT 1, new.* FROM unnest(wanted) new WHERE new.is_new
        ) one,
        LATERAL (VALUES (0), (one.partner_id)) AS partners (partner),
        LATERAL (VALUES (0), (one.year)) AS years (year_or_any),
        LATERAL unnest('00000000-0000-0000-0000-000000000000'::uuid || one.topics) AS topics (topic_or_any)
        GROUP BY 1, 2, 3, 4, 5 HAVING sum(sign) <> 0;
    DELETE FROM partners_countedarticle WHERE article_id = ANY(ids);
    INSERT INTO partners_countedarticle SELECT (one).* FROM unnest(wanted) one;
END $$;
"""  # noqa: S608  nothing of it is input
# Who publishes and restricts in one transaction may be waited for by whom it waits for: the database says so, or time.
AWAIT = f"""
CREATE FUNCTION partners_await_counts() RETURNS void LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({_LOCK});
EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
    {_DOUBT}
END $$;

-- Whether all have ended who may have missed something, asked without waiting.
CREATE FUNCTION partners_counts_are_over() RETURNS boolean LANGUAGE sql AS $$
    SELECT pg_try_advisory_xact_lock({_LOCK});
$$;
"""
# Of as many slices of all articles as are said, one: by keys, so that an index finds them.
MISCOUNTED = """
CREATE FUNCTION partners_miscounted(slice integer, slices integer, ended_by timestamptz) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
    lowest bigint;
    width bigint;
    ids bigint[];
    wrong bigint[];
BEGIN
    SELECT min(least(low, counted_low)), max(greatest(high, counted_high)) - min(least(low, counted_low)) + 1
        INTO lowest, width
        FROM (SELECT min(page_ptr_id) AS low, max(page_ptr_id) AS high FROM partners_partnerarticlepage) articles,
            (SELECT min(article_id) AS counted_low, max(article_id) AS counted_high FROM partners_countedarticle) stored;
    SELECT array_agg(page_ptr_id) INTO ids FROM partners_partnerarticlepage
        WHERE page_ptr_id >= lowest + width * slice / slices AND page_ptr_id < lowest + width * (slice + 1) / slices;
    SELECT array_agg(article_id) INTO wrong
        FROM (SELECT one AS wanted, one.article_id FROM partners_counts_wanted(ids, ended_by) one) wanted
        FULL JOIN (
            SELECT counted AS stored, article_id FROM partners_countedarticle counted
            WHERE article_id >= lowest + width * slice / slices AND article_id < lowest + width * (slice + 1) / slices
        ) stored USING (article_id)
        WHERE wanted.wanted IS DISTINCT FROM stored.stored;
    RETURN wrong;
END $$;
"""
DROP = """
DROP FUNCTION partners_miscounted(integer, integer, timestamptz);
DROP FUNCTION partners_counts_are_over();
DROP FUNCTION partners_await_counts();
DROP FUNCTION partners_counts_wanted(bigint[], timestamptz);
"""
MEND = """
SELECT partners_count_articles(ids, now()) FROM partners_miscounted(0, 1, now()) ids WHERE ids IS NOT NULL;
"""

_RESTRICTION = "wagtailcore_pageviewrestriction"
_TOPIC, _CAMPAIGN = ("partners_topic", "UPDATE"), ("partners_partnercampaign", "UPDATE")
# By table and kind of change: the rows because of which any article may count otherwise.
_CHANGED_ROWS = "new_rows n JOIN old_rows o USING (id)"
DECIDES = {
    _TOPIC: f"{_CHANGED_ROWS} WHERE n.translation_key <> o.translation_key",
    _CAMPAIGN: f"{_CHANGED_ROWS} WHERE (n.ends_at, n.ending) IS DISTINCT FROM (o.ends_at, o.ending)",
    (_RESTRICTION, "INSERT"): "new_rows",
    (_RESTRICTION, "UPDATE"): f"{_CHANGED_ROWS} WHERE n.page_id <> o.page_id",
    (_RESTRICTION, "DELETE"): "old_rows",
}
_FOLLOWED = {
    change: _LISTED.FOLLOW if change == _CAMPAIGN else _ARTICLES._follow(*change, _ARTICLES.CHANGED[change])
    for change in DECIDES
}


def _replacing(functions: str) -> str:
    return functions.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def _followed(change: tuple[str, str]) -> str:
    """Return what a change of what decides calls, as it was before: the trigger stays."""
    return _replacing(_FOLLOWED[change].partition("CREATE TRIGGER")[0])


def _following(change: tuple[str, str]) -> str:
    """Return it with the wait, a statement of its own: what was committed meanwhile, the next one sees."""
    before, begin, rest = _followed(change).partition("BEGIN\n")
    unless = f"    IF NOT EXISTS (SELECT FROM {DECIDES[change]}) THEN\n        RETURN NULL;\n    END IF;\n"
    await_or_doubt = _DOUBT if change == _TOPIC else "PERFORM partners_await_counts();"
    return f"{before}{begin}{unless}    {await_or_doubt}\n{rest}"


class Migration(migrations.Migration):
    dependencies = [("partners", "0058_nothing_typed_in_logs_of_exports")]

    operations = [
        migrations.CreateModel(
            name="CountDoubt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(f"{WANTED}{AWAIT}{MISCOUNTED}", DROP),
        migrations.RunSQL(COUNT, _replacing(_LISTED.COUNT)),
        *(migrations.RunSQL(_following(change), _followed(change)) for change in DECIDES),
        migrations.RunSQL(MEND, migrations.RunSQL.noop),
    ]
