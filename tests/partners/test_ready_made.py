"""partners/ready_made.py: what is composed once is asked with other values, and answers as if it were composed anew."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import CharField, F, IntegerField, Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from partners.articles.topics import Topic
from partners.ready_made import ReadyMade, Slot, compose_anew, is_any, ready_made

pytestmark = pytest.mark.django_db

NAMES = ("Finance", "Harbour", "Law")


@pytest.fixture
def topics():
    locale = Locale.objects.get(language_code="en")
    return [Topic.objects.create(name=name, slug=name.lower(), locale=locale) for name in NAMES]


def named():
    return Topic.objects.filter(name=Slot("name", CharField())).select_related("locale")


def test_it_is_composed_once_and_asked_with_each_value(topics):
    composed = []
    query = ReadyMade(lambda: composed.append(1) or named())
    for topic in topics:
        with CaptureQueriesContext(connection) as queries:
            found = query.rows(name=topic.name)
            assert [one.locale.language_code for one in found] == ["en"]
        assert found == [topic]
        assert len(queries) == 1
    for ask in (query.rows, query.rows_planned_for):
        assert ask(name="100% 'nothing' of {it} %s $1") == []
    assert query.rows_planned_for(name="Law") == topics[2:]
    assert len(composed) == 1


def test_threads_that_ask_at_once_have_it_composed_once(monkeypatch, topics):
    composed = []
    query = ReadyMade(lambda: composed.append(1) or named())

    def text(_number):
        try:
            return query._made().numbered.sql
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        texts = set(pool.map(text, range(32)))
    assert len(texts) == len(composed) == 1


def test_what_is_loaded_is_loaded_as_django_does(topics):
    query = ReadyMade(
        lambda: (
            Topic.objects.filter(is_any("pk", "topics"))
            .defer("slug")
            .annotate(titled=Concat(F("name"), Slot("end", CharField())))
            .order_by("-name")
            .prefetch_related("locale")
        )
    )
    with CaptureQueriesContext(connection) as queries:
        found = query.rows(topics=[topics[0].pk, topics[2].pk], end=" · 100%")
    # Topics, and their languages.
    assert len(queries) == 2
    assert [one.titled for one in found] == ["Law · 100%", "Finance · 100%"]
    assert [one.get_deferred_fields() for one in found] == [{"slug"}, {"slug"}]
    with CaptureQueriesContext(connection) as queries:
        assert found[0].locale.language_code == "en"
    assert not queries
    # Nobody remembers what another question has loaded.
    assert query.rows(topics=[], end="") == []
    assert query.rows(topics=[topics[1].pk], end="")[0] is not query.rows(topics=[topics[1].pk], end="")[0]


def test_values_are_found_as_well_also_where_only_the_order_needs_more(topics):
    names = ReadyMade(lambda: Topic.objects.filter(is_any("pk", "topics")).values_list("name", flat=True))
    assert names.rows(topics=[topic.pk for topic in topics[:2]]) == ["Finance", "Harbour"]
    pairs = ReadyMade(lambda: Topic.objects.values_list("locale_id", "slug").distinct().order_by("name"))
    assert [slug for _locale, slug in pairs.rows()] == ["finance", "harbour", "law"]
    rows = ReadyMade(lambda: Topic.objects.filter(name=Slot("name", CharField())).values("slug"))
    assert rows.rows(name="Law") == [{"slug": "law"}]


def test_a_column_stands_to_any_of_some_as_the_operator_says(topics):
    query = ReadyMade(lambda: Topic.objects.exclude(is_any("name", "patterns", CharField(), operator="LIKE")))
    assert query.rows(patterns=["H%", "L%"]) == topics[:1]
    assert query.rows(patterns=[]) == topics


def test_a_slot_without_a_value_is_an_error():
    with pytest.raises(KeyError, match="name"):
        ReadyMade(named).rows(title="Finance")


def test_nothing_is_found_where_django_knows_that_nothing_can_be(topics):
    query = ReadyMade(lambda: Topic.objects.filter(pk__in=[], name=Slot("name", CharField())))
    for ask in (query.rows, query.rows_planned_for):
        assert ask(name="Law") == []


def test_a_query_is_known_for_each_thing_it_is_composed_of_until_that_changes(topics):
    composed = []

    @ready_made
    def ended(end):
        composed.append(end)
        return Topic.objects.filter(name=Slot("name", CharField())).annotate(titled=Concat("name", Value(end)))

    for end in ("!", "?", "!"):
        assert ended(end).rows(name="Law")[0].titled == f"Law{end}"
    assert composed == ["!", "?"]
    compose_anew()
    ended("!").rows(name="Law")
    assert composed == ["!", "?", "!"]


def test_signs_of_percent_are_what_they_were(topics):
    query = ReadyMade(
        lambda: Topic.objects.filter(name__contains=Slot("part", CharField())).annotate(titled=Value("100%s %% $1"))
    )
    for ask in (query.rows, query.rows_planned_for):
        assert [(one.name, one.titled) for one in ask(part="arb")] == [("Harbour", "100%s %% $1")]
        assert ask(part="%") == []


def test_the_server_prepares_it_with_what_is_always_the_same_in_its_place():
    query = ReadyMade(lambda: named().filter(slug__contains="50%").filter(pk__gt=Slot("after")))
    for number in range(3):
        query.rows(name=f"Topic {number}", after=number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, array_length(parameter_types, 1) FROM pg_prepared_statements")
        ((text, values),) = [row for row in cursor.fetchall() if "partners_topic" in row[0]]
    assert values == 2
    assert r"'%50\\%%'" in text
    assert "name" in text


def test_a_value_is_sent_as_what_its_slot_is_however_small_it_is():
    """Sent as smallint, an integer is nothing that a GIN index finds; and each type would be prepared by itself."""
    query = ReadyMade(
        lambda: Topic.objects.filter(
            is_any("pk", "topics"), locale=Slot("locale", IntegerField()), pk__gt=Slot("after")
        )
    )
    for number in (1, 40_000, 3_000_000_000):
        query.rows(topics=[number], locale=1, after=number)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE statement LIKE '%partners_topic%'"
        )
        assert [sorted(types) for (types,) in cursor.fetchall()] == [["bigint", "bigint[]", "integer"]]
