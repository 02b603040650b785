"""What in the database is seen on public pages, and how does a change of it announce itself?

By triggers, so that nothing is missed: what an editor publishes, what a job, a script or a plain UPDATE changes. They
call pg_notify in the transaction of the change; PostgreSQL delivers it when that is committed, and not when it is not.
The tags of an announcement are words with a space between:

- `site`: everything depends on it. Settings, sites, languages, images, topics, and pages so near the root that they
  stand in menus.
- `list:<locale id>`: what lists pages of a language, as every page does that has a menu or a 'latest post'.
- `partners`: what depends on which partners there are, and on their names; so deep in the tree stands little else.
- `places`: what depends on where in the tree pages stand, or on which addresses lead to one; no edit says so.
- `page:<id>`: what has loaded the page, whatever for.
- `key:<translation key>`: what names the translations of a page, those too that did not exist until now.
- `image:<id>`: what has loaded the image. A rendition of it was made, perhaps by two processes under two names at once.
- `renditions`, `search`: what looks for pictures that are made already, and for what the search knows.

Each also names its transaction, `tx:<id>`: two processes that have heard of the same change know that by it.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model
from wagtail.models import Page

CHANNEL = "qianhai_pages"
# What an announcement ends with, as an expression of SQL. The same words of one transaction stay so, and are sent once.
_OF = "|| ' tx:' || pg_current_xact_id()"
# The longest announcement, in characters; PostgreSQL takes 7,999 bytes. More pages at once are `site`.
_LONGEST = 7000

# What a draft changes on the row of a page, and what no visitor sees. Of `numchild` only whether there is a child: a
# page that knows of none does not look for any.
UNSEEN_COLUMNS = (
    "latest_revision_id", "latest_revision_created_at", "draft_title", "has_unpublished_changes", "locked", "locked_at",
    "locked_by_id", "numchild", "owner_id",
)  # fmt: skip

# Tables whose rows belong to pages, beside those of the kinds of page: {table: column of the page's id}.
OF_PAGES = {
    "partners_partnerarticlepage_topics": "partnerarticlepage_id",
    "partners_shareimage": "article_id",
    "partners_staffrecipient": "form_page_id",
}

# Tables of Wagtail that public pages read. Of ours all are, but for UNSEEN.
SEEN_OF_WAGTAIL = frozenset(
    {
        "wagtailcore_collection", "wagtailcore_collectionviewrestriction", "wagtailcore_locale",
        "wagtailcore_pageviewrestriction", "wagtailcore_pageviewrestriction_groups", "wagtailcore_site",
        "wagtaildocs_document", "wagtailembeds_embed", "wagtailimages_image", "wagtailimages_rendition",
        "wagtailredirects_redirect",
    }
)  # fmt: skip

# Tables of ours that no public page reads: requests and what becomes of them, the desk, mail, counts. And the numbers
# of articles and the titles that are searched: whatever changes those announces itself, in the same transaction.
UNSEEN = frozenset(
    {
        "partners_accessrecord", "partners_addresscorrection", "partners_allowance", "partners_apitoken",
        "partners_adminmail", "partners_articlecount", "partners_articlereads", "partners_bouncealarm",
        "partners_brochuredownload", "partners_brochurelink",
        "partners_brochuremessage", "partners_bulkrun", "partners_consentconfirmation", "partners_consentevent",
        "partners_consentrecord", "partners_countdoubt", "partners_countedarticle", "partners_countedday",
        "partners_dailycount", "partners_deliveryattempt", "partners_deliveryevent", "partners_deskcolumns",
        "partners_exportedbatch", "partners_forgettingrun", "partners_heartbeat",
        "partners_lettertext", "partners_lettertrial", "partners_outgoingmessage", "partners_partnerviewer",
        "partners_requestexport", "partners_savedfilter", "partners_searchdue", "partners_searchtitle",
        "partners_staffdigest", "partners_staffdigestmessage", "partners_staffnotice", "partners_submission",
        "partners_submissionnote", "partners_suppression", "partners_webhookattempt", "partners_webhookdelivery",
        "partners_webhookturn",
    }
)  # fmt: skip

# What another tag than `site` stands for, by table and kind of change. None: nothing that is shown can depend on it,
# since nothing refers to a row before it exists.
_TAGS: dict[tuple[str, str], str | None] = {
    ("wagtailimages_image", "INSERT"): None,
    ("wagtaildocs_document", "INSERT"): None,
    ("wagtailembeds_embed", "INSERT"): None,
    **{(table, what): "search" for table in ("partners_searchentry", "partners_searchword")
       for what in ("INSERT", "UPDATE", "DELETE")},
}  # fmt: skip


_SITE = f"""
CREATE OR REPLACE FUNCTION pagecache_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('{CHANNEL}', TG_ARGV[0] {_OF});
    RETURN NULL;
END $$
"""

_RENDITIONS = """
CREATE OR REPLACE FUNCTION pagecache_renditions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE said text;
BEGIN
    SELECT 'renditions ' || string_agg(DISTINCT 'image:' || image_id, ' ') INTO said FROM new_rows;
    IF said IS NOT NULL THEN
        PERFORM pg_notify('{channel}', (CASE WHEN length(said) > {longest} THEN 'site' ELSE said END) {of});
    END IF;
    RETURN NULL;
END $$
"""

_PAGES = """
CREATE OR REPLACE FUNCTION pagecache_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE said text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        WITH changed AS (
            SELECT of_page.id, {old_locale} AS old_locale_id, {is_placed} AS is_placed
            FROM new_rows n JOIN old_rows o USING ({row})
            CROSS JOIN LATERAL (VALUES (n.{column}), (o.{column})) AS of_page (id)
            WHERE to_jsonb(n) - ARRAY[{unseen}]::text[] IS DISTINCT FROM to_jsonb(o) - ARRAY[{unseen}]::text[]{or_else}
        ) SELECT {words} INTO said FROM changed c LEFT JOIN wagtailcore_page p ON p.id = c.id;
    ELSIF TG_OP = 'INSERT' THEN
        SELECT {words_of_rows} INTO said FROM new_rows c JOIN {joined} p ON p.id = c.{column} WHERE p.live;
    ELSE
        SELECT {words_of_rows} INTO said FROM old_rows c JOIN {joined_old} p ON p.id = c.{column};
    END IF;
    IF said IS NOT NULL THEN
        PERFORM pg_notify('{channel}', (CASE WHEN length(said) > {longest} THEN 'site' ELSE said END) {of});
    END IF;
    RETURN NULL;
END $$
"""


# Of a row of wagtailcore_page, as it is and was.
_IS_PLACED = "(n.path, n.url_path, n.live) IS DISTINCT FROM (o.path, o.url_path, o.live)"

# The next moment at which what readers see changes by the clock alone, a campaign's end: in how many seconds, and when.
NEXT_TURN = (
    "SELECT extract(epoch FROM min(ends_at) - clock_timestamp())::float8, min(ends_at)"
    " FROM partners_partnercampaign WHERE ends_at > clock_timestamp()"
)


def watched() -> dict[str, str]:
    """Return the tables that are watched: {table: column of the page's id, or nothing where it belongs to none}."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if issubclass(model, Page):
            found[table] = "id" if model._meta.concrete_model is Page else "page_ptr_id"
        elif table in OF_PAGES:
            found[table] = OF_PAGES[table]
        elif table in SEEN_OF_WAGTAIL or (_is_ours(model) and table not in UNSEEN):
            found[table] = ""
    return found


def watch(**signal: Any) -> None:
    """Make the triggers as this version of the site wants them; runs after each migration."""
    with connection.cursor() as cursor:
        cursor.execute(_SITE)
        cursor.execute(_RENDITIONS.format(channel=CHANNEL, longest=_LONGEST, of=_OF))
        for table, column in sorted(watched().items()):
            for statement in _statements(table, column):
                cursor.execute(statement)


def _is_ours(model: type[Model]) -> bool:
    return model._meta.app_label in {"home", "partners"}


def _statements(table: str, column: str) -> Iterable[str]:
    """Yield the SQL that makes a table's triggers. Every name in it is one of our own code."""
    if column:
        yield _function(table, column)
    for what, rows in (
        ("INSERT", "REFERENCING NEW TABLE AS new_rows"),
        ("UPDATE", "REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows"),
        ("DELETE", "REFERENCING OLD TABLE AS old_rows"),
        ("TRUNCATE", ""),
    ):
        tag = _TAGS.get((table, what), "site")
        name = f"pagecache_{what.lower()}"
        if (table, what) == ("wagtailimages_rendition", "INSERT"):
            yield (
                f"CREATE OR REPLACE TRIGGER {name} AFTER {what} ON {table} {rows} "
                "FOR EACH STATEMENT EXECUTE FUNCTION pagecache_renditions()"
            )
        elif tag is None:
            yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
        elif column and rows:
            yield (
                f"CREATE OR REPLACE TRIGGER {name} AFTER {what} ON {table} {rows} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION pagecache_{table}()"
            )
        else:
            yield (
                f"CREATE OR REPLACE TRIGGER {name} AFTER {what} ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION pagecache_announce('{tag}')"
            )


def _function(table: str, column: str) -> str:
    """Return the SQL of the function that announces which pages a statement has changed.

    The row of a page tells its tree's place itself, the old and the new; the others are joined with it.
    """
    is_page = table == "wagtailcore_page"

    def words(page_id: str, old_locale: str = "", is_placed: str = str(is_page).lower()) -> str:
        parts = [
            f"'page:' || {page_id}",
            "coalesce(' key:' || p.translation_key, '')",
            "coalesce(' list:' || p.locale_id, '')",
            *([f"coalesce(' list:' || {old_locale}, '')"] if old_locale else []),
            f"CASE WHEN p.depth <= 3 THEN ' site' WHEN {is_placed} THEN ' places' ELSE '' END",
            "CASE WHEN p.depth = 4 THEN ' partners' ELSE '' END",
        ]
        return f"string_agg(DISTINCT {' || '.join(parts)}, ' ')"

    return _PAGES.format(
        table=table,
        column=column,
        row="id" if is_page or table in OF_PAGES else column,
        old_locale="o.locale_id" if is_page else "NULL::integer",
        is_placed=_IS_PLACED if is_page else "false",
        or_else=" OR (n.numchild = 0) <> (o.numchild = 0)" if is_page else "",
        unseen=", ".join(f"'{name}'" for name in UNSEEN_COLUMNS) if is_page else "",
        words=words("c.id", "c.old_locale_id", "c.is_placed"),
        words_of_rows=words(f"c.{column}"),
        # A page that is made is in its table by now; one that is deleted is not, but among the rows.
        joined="wagtailcore_page",
        joined_old="old_rows" if is_page else "wagtailcore_page",
        channel=CHANNEL,
        longest=_LONGEST,
        of=_OF,
    )
