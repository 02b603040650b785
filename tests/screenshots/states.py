"""How is the site brought into the states that a reader seldom meets, and back?"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
from psycopg import sql

from tests.journeys.stack import Stack

# The article whose campaign is over. No other picture is of it.
TAKEN_DOWN = "seven-kinds-of-new-infrastructure"
WITHOUT_TABLE, WITHOUT_DATABASE, CAMPAIGN_OVER = "without a table", "without database", "campaign over"
WITHOUT_PICTURES, LOCKED = "without pictures", "locked"


@contextmanager
def campaign_over(site: Stack) -> Iterator[None]:
    """End the campaign of TAKEN_DOWN in every language, whose pages go with it."""
    site.execute(
        "INSERT INTO partners_partnercampaign (name, starts_at, ends_at, ending, redirect_address, told)"
        " VALUES ('Over', now() - interval '2 days', now() - interval '1 day', 'gone', '', '')"
    )
    site.execute(
        "UPDATE partners_partnerarticlepage SET partner_campaign_id = (SELECT max(id) FROM partners_partnercampaign)"
        " WHERE page_ptr_id IN (SELECT id FROM wagtailcore_page WHERE slug = %s)",
        TAKEN_DOWN,
    )
    try:
        yield
    finally:
        site.execute("UPDATE partners_partnerarticlepage SET partner_campaign_id = NULL")
        site.execute("DELETE FROM partners_partnercampaign")


@contextmanager
def locked(site: Stack) -> Iterator[None]:
    """Let the page about accessibility, in every language, need a password."""
    site.execute(
        "INSERT INTO wagtailcore_pageviewrestriction (page_id, restriction_type, password)"
        " SELECT id, 'password', 'the tide is high' FROM wagtailcore_page WHERE slug = 'accessibility'"
    )
    try:
        yield
    finally:
        site.execute("DELETE FROM wagtailcore_pageviewrestriction")


@contextmanager
def without_pictures(site: Stack) -> Iterator[None]:
    """Take away what was made of every picture, with no worker there to make it again."""
    site.execute("CREATE TABLE renditions_away AS TABLE wagtailimages_rendition")
    site.execute("DELETE FROM wagtailimages_rendition")
    try:
        yield
    finally:
        site.execute("INSERT INTO wagtailimages_rendition SELECT * FROM renditions_away")
        site.execute("DROP TABLE renditions_away")


@contextmanager
def without_table(site: Stack) -> Iterator[None]:
    """Take away a table that standing pages need: what a mistake of ours looks like."""
    site.execute("ALTER TABLE home_standardpage RENAME TO home_standardpage_away")
    try:
        yield
    finally:
        site.execute("ALTER TABLE home_standardpage_away RENAME TO home_standardpage")


@contextmanager
def without_database(site: Stack) -> Iterator[None]:
    """Let nobody into the site's database, and send away who is there."""
    name = sql.Identifier(site.database)
    with psycopg.connect(site.server_url, autocommit=True) as server:
        server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [site.database])
        try:
            yield
        finally:
            server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


STATES: dict[str, Callable[[Stack], AbstractContextManager[None]]] = {
    CAMPAIGN_OVER: campaign_over,
    LOCKED: locked,
    WITHOUT_PICTURES: without_pictures,
    WITHOUT_TABLE: without_table,
    WITHOUT_DATABASE: without_database,
}
