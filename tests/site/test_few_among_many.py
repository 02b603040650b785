"""Lists and feeds of a few articles among many: what all have read does not grow with what others there are."""

import json
import re
from datetime import date
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, IntegerField, UUIDField
from psycopg import sql
from psycopg.types.numeric import Int4, Int8

from partners.articles.article_page import PartnerArticlePage
from partners.articles.counted_first import listed_of_topic
from partners.articles.partner_page import PartnerPage
from partners.articles.topics import Topic
from partners.ready_made import ReadyMade, Slot
from tests import builders
from tests.partners.statements import statements

pytestmark = pytest.mark.django_db
MANY, FEW = 1_500, 5
ARTICLES = {"partners_countedarticle", "partners_partnerarticlepage"}
# By a statement, of all tables of articles together.
MOST_READ = 100
TYPES = {Int4: "integer", Int8: "bigint", str: "text", UUID: "uuid", date: "date"}
LISTS = {
    "a topic": "/latest/?topic=rare",
    "a topic and a kind": "/latest/?kind=paid&topic=rare",
    "a topic in every language": "/latest/?language=all&topic=rare",
    "a topic's feed": "/feeds/topics/rare.atom",
    "a partner": "/latest/?partner=small",
    "a partner's page": "/partners/small/",
    "a partner's feed": "/feeds/partners/small.rss",
    "a language": "/zh-hans/latest/",
    "a language's home page": "/zh-hans/",
    "a language's feed": "/zh-hans/feeds/all.json",
    "a kind of a language": "/zh-hans/latest/?kind=paid",
}


def rows_read(node):
    """Return how many rows of articles the nodes of a plan have read which look into a table or an index."""
    table = node.get("Relation Name", "")
    own = 0
    if table in {*ARTICLES, "wagtailcore_page"}:
        kept_and_not = [
            node["Actual Rows"],
            *(value for name, value in node.items() if name.startswith("Rows Removed")),
        ]
        own = node["Actual Loops"] * sum(kept_and_not)
    return own + sum(rows_read(child) for child in node.get("Plans", []))


def type_of(value):
    """Return the type as which a value is sent."""
    if isinstance(value, list):
        return f"{type_of(value[0]) if value else 'text'}[]"
    return TYPES[type(value)]


def plans_of(cursor, statement):
    """Return the plan of a statement as it is executed, and, where it is prepared, the one that fits any values."""
    numbers = re.findall(r"\$([0-9]+)", statement.sql)
    text, values = statement.sql, statement.values
    if numbers:
        text = re.sub(r"\$[0-9]+", "%s", text.replace("%", "%%"))
        values = [values[int(number) - 1] for number in numbers]
    cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}", values)
    plans = [cursor.fetchone()[0]]
    if numbers:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        given = sql.SQL(", ").join(map(sql.Literal, statement.values)).as_string(connection.connection)
        types = ", ".join(map(type_of, statement.values))
        cursor.execute(f"PREPARE any_values ({types}) AS {statement.sql}")
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE any_values ({given})")
        plans.append(cursor.fetchone()[0])
        cursor.execute("DEALLOCATE any_values")
        cursor.execute("SET LOCAL plan_cache_mode = auto")
    return [(json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"] for plan in plans]


def most_read(client, address):
    """Return how many rows that one of an answer's statements has read which has read most."""
    client.get(address)  # The first time orders pictures.
    with statements() as asked:
        response = client.get(address)
    assert response.status_code == 200
    found = []
    with connection.cursor() as cursor:
        # In tables as small as these it would be quicker to read everything.
        cursor.execute("SET LOCAL enable_seqscan = off")
        for one in (one for one in asked if ARTICLES & set(one.sql.split('"'))):
            if one.sql.startswith("SELECT"):
                found.extend(map(rows_read, plans_of(cursor, one)))
        cursor.execute("SET LOCAL enable_seqscan = on")
    return max(found)


def test_what_is_read_for_few_articles_does_not_grow_with_all_others(client):
    for language in ("en", "zh-hant", "zh-hans"):
        builders.article(builders.partner(f"Tidewater {language}", language))
    call_command("make_bulk", str(MANY), "--no-search", verbosity=0)
    old = list(
        PartnerArticlePage.objects.filter(slug__startswith="bulk", locale__language_code="en").order_by(
            "publication_date"
        )
    )
    rare = Topic.objects.create(name="Rare", slug="rare", locale=old[0].locale)
    for article in old[:FEW]:
        article.topics.set([rare])
        article.save()
    small = builders.partner("Small", slug="small")
    for article in old[FEW : 2 * FEW]:
        article.move(small, pos="last-child")
    others = PartnerArticlePage.objects.filter(slug__startswith="bulk", locale__language_code="zh-hans")
    few = list(others.order_by("publication_date").values_list("pk", flat=True)[:FEW])
    zh_hant = PartnerPage.objects.filter(locale__language_code="zh-hant")[0].locale
    others.exclude(pk__in=few).update(locale=zh_hant)
    # One of few of its language on what many write about in another.
    alone = PartnerArticlePage.objects.get(pk=few[0])
    common = old[-1].topics.annotate(number=Count("articles")).latest("number")
    shared = Topic.objects.create(
        name="Common", slug="common", locale=alone.locale, translation_key=common.translation_key
    )
    alone.topics.set([shared])
    alone.save()
    # The database does not know yet how few they are.
    addresses = LISTS | {"below an article": old[0].url, "below one of a language": alone.url}
    read = {name: most_read(client, address) for name, address in addresses.items()}
    assert {name: rows for name, rows in read.items() if rows > MOST_READ} == {}


def test_many_are_walked_by_also_where_the_plan_is_for_any_values():
    """Such a plan takes each topic for a rare one: the walk must not be able to look for it as the other half does."""
    query = ReadyMade(lambda: listed_of_topic(Slot("locale", IntegerField()), Slot("topic", UUIDField())).first(3))
    topic = Topic.objects.create(name="Common", slug="common", locale=builders.home().locale)
    with statements() as asked:
        query.rows(locale=topic.locale_id, topic=topic.translation_key)
    # The one operator that the index of common topics knows.
    assert asked[0].sql.count("@>") == 1
    assert "= ANY(" in asked[0].sql
