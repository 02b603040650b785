from django.db import migrations

# What `partners.articles.publishing` requires of a partner, also of one that somebody changes at the same moment:
# the share lock makes a publication and a change of its partner wait for each other, and the later one is refused.
# White space is what Python's str.strip() takes away.
REFUSE = r"""
CREATE OR REPLACE FUNCTION partners_live_article_is_labelled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    page_id bigint := coalesce((to_jsonb(NEW) ->> 'page_ptr_id')::bigint, (to_jsonb(NEW) ->> 'id')::bigint);
BEGIN
    PERFORM 1
    FROM partners_partnerarticlepage article
    JOIN wagtailcore_page page ON page.id = article.page_ptr_id
    JOIN wagtailcore_page parent ON parent.path = left(page.path, length(page.path) - 4)
    JOIN partners_partnerpage partner ON partner.page_ptr_id = parent.id
    WHERE page.id = page_id AND page.live
    FOR SHARE OF parent, partner;
    PERFORM 1
    FROM partners_partnerarticlepage article
    JOIN wagtailcore_page page ON page.id = article.page_ptr_id
    LEFT JOIN wagtailcore_page parent ON parent.path = left(page.path, length(page.path) - 4)
    LEFT JOIN partners_partnerpage partner ON partner.page_ptr_id = parent.id
    WHERE page.id = page_id AND page.live AND (
        article.disclosure = ''
        OR (article.hero_image_id IS NOT NULL AND NOT article.hero_decorative AND partners_is_blank(article.hero_alt))
        OR partner.page_ptr_id IS NULL OR partner.logo_id IS NULL OR partners_is_blank(parent.title)
    );
    IF FOUND THEN
        RAISE EXCEPTION 'The published article % lacks its kind, its sponsor with name and logo, or words for its picture.',
            page_id USING ERRCODE = 'check_violation', CONSTRAINT = 'live_article_is_labelled';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION partners_sponsor_keeps_its_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1
    FROM wagtailcore_page parent
    JOIN partners_partnerpage partner ON partner.page_ptr_id = parent.id
    JOIN wagtailcore_page page ON page.path LIKE parent.path || '____'
    JOIN partners_partnerarticlepage article ON article.page_ptr_id = page.id
    WHERE parent.id = NEW.id AND partners_is_blank(parent.title) AND page.live;
    IF FOUND THEN
        RAISE EXCEPTION 'The partner % has published articles, which need its name.',
            NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'sponsor_keeps_its_name';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER sponsor_keeps_its_name AFTER UPDATE OF title ON wagtailcore_page
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (partners_is_blank(NEW.title))
    EXECUTE FUNCTION partners_sponsor_keeps_its_name();
"""
BLANK = r"""
CREATE FUNCTION partners_is_blank(words text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT words ~ '^[\s\u001c-\u001f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$'
$$;
"""
LET = r"""
DROP TRIGGER sponsor_keeps_its_name ON wagtailcore_page;
DROP FUNCTION partners_sponsor_keeps_its_name();
CREATE OR REPLACE FUNCTION partners_live_article_is_labelled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    page_id bigint := coalesce((to_jsonb(NEW) ->> 'page_ptr_id')::bigint, (to_jsonb(NEW) ->> 'id')::bigint);
BEGIN
    PERFORM 1
    FROM partners_partnerarticlepage article
    JOIN wagtailcore_page page ON page.id = article.page_ptr_id
    LEFT JOIN wagtailcore_page parent ON parent.path = left(page.path, length(page.path) - 4)
    LEFT JOIN partners_partnerpage partner ON partner.page_ptr_id = parent.id
    WHERE page.id = page_id AND page.live AND (
        article.disclosure = ''
        OR (article.hero_image_id IS NOT NULL AND NOT article.hero_decorative AND btrim(article.hero_alt) = '')
        OR partner.page_ptr_id IS NULL OR partner.logo_id IS NULL OR btrim(parent.title) = ''
    );
    IF FOUND THEN
        RAISE EXCEPTION 'The published article % lacks its kind, its sponsor with name and logo, or words for its picture.',
            page_id USING ERRCODE = 'check_violation', CONSTRAINT = 'live_article_is_labelled';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0022_reads_and_counts")]

    operations = [
        migrations.RunSQL(BLANK, "DROP FUNCTION partners_is_blank(text);"),
        migrations.RunSQL(REFUSE, LET),
    ]
