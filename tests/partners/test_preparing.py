"""partners/preparing.py: what the server has prepared is asked as if it had not."""

import psycopg
import pytest
from django.db import connection

from partners.preparing import AtOnce, WhenRepeated

pytestmark = pytest.mark.django_db
# As another connection would: the driver knows what an ALTER of its own connection does.
CHANGE = "DO $$ BEGIN ALTER TABLE towns ALTER COLUMN name TYPE text; END $$"
QUESTIONS = [
    (AtOnce, "SELECT name FROM towns WHERE name = $1"),
    (WhenRepeated, "SELECT name FROM towns WHERE name = %s"),
]


@pytest.fixture
def another():
    """Give a connection of the test's own, outside of its transaction, with a table that nobody else sees."""
    named = {name: value for name, value in connection.get_connection_params().items() if name != "cursor_factory"}
    with psycopg.connect(**named, autocommit=True) as own:
        own.execute("CREATE TEMPORARY TABLE towns (name varchar(9))")
        own.execute("INSERT INTO towns VALUES ('Qianhai')")
        yield own


def ask(own, kind, question):
    return kind(own).execute(question, ["Qianhai"]).fetchall()


@pytest.mark.parametrize(("kind", "question"), QUESTIONS)
def test_a_migration_that_changes_a_column_costs_nobody_an_answer(another, kind, question):
    for _ in range(7):
        ask(another, kind, question)
    assert another.execute("SELECT count(*) FROM pg_prepared_statements WHERE NOT from_sql").fetchone()[0] >= 1
    another.execute(CHANGE)
    assert [ask(another, kind, question) for _ in range(2)] == [[("Qianhai",)], [("Qianhai",)]]


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("SELECT %s || '%%s', %s, %s", ["a", "b", "a"]),
        ("SELECT %(one)s || '%%s', %(two)s, %(one)s", {"two": "b", "one": "a", "three": "c"}),
    ],
)
def test_values_go_beside_a_statement_in_their_order_or_by_their_names(another, question, values):
    assert WhenRepeated(another).execute(question, values).fetchone() == ("a%s", "b", "a")
    assert WhenRepeated(another).execute("SELECT '100 %%'").fetchone() == ("100 %",)


@pytest.mark.parametrize(("kind", "question"), QUESTIONS)
def test_in_a_transaction_it_fails_once(another, kind, question):
    for _ in range(7):
        ask(another, kind, question)
    another.execute(CHANGE)
    with pytest.raises(psycopg.errors.FeatureNotSupported), another.transaction():
        ask(another, kind, question)
    with another.transaction():
        assert ask(another, kind, question) == [("Qianhai",)]
