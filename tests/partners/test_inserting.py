"""partners/inserting.py: rows of several tables by one statement are as those that were saved one by one."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from partners.brochures.link import BrochureLink
from partners.brochures.message import BrochureMessage
from partners.brochures.submission import Submission
from partners.inserting import NUMBER, Beside, insert_rows
from tests import builders
from tests.partners.statements import statements

pytestmark = pytest.mark.django_db


def new_submission(brochure, **fields):
    return Submission(
        reference=f"QH-{uuid.uuid4().hex[:8]}",
        key=uuid.uuid4(),
        form_title="Form",
        brochure=brochure,
        brochure_file=brochure.files.first(),
        brochure_title=brochure.title,
        language="en",
        email="reader@example.com",
        answers=[{"key": "name", "label": "Name", "kind": "singleline", "value": "50% of {all} 'quays'"}],
        **fields,
    )


def values(row):
    """Return all that a row holds but its numbers, its random keys and its times."""
    stored = type(row)._default_manager.get(pk=row.pk)
    left_out = {"id", "key", "reference", "message_id", "search_text"}
    return {
        field.attname: getattr(stored, field.attname)
        for field in stored._meta.concrete_fields
        if field.name not in left_out and not field.name.endswith(("_at", "_ptr")) and not field.is_relation
    }


def test_rows_refer_to_each_other_and_inherit():
    brochure = builders.brochure()
    submission = new_submission(brochure)
    link = BrochureLink(submission=submission, brochure_file=brochure.files.first())
    message = BrochureMessage(kind="brochure", to="reader@example.com", submission=submission, link=link)

    with CaptureQueriesContext(connection) as queries:
        insert_rows([submission, link, message])

    assert len(queries) == 1
    stored = BrochureMessage.objects.get()
    assert (stored.pk, stored.submission, stored.link) == (message.pk, submission, link)
    assert (message.id, message.submission_id, message.link_id) == (stored.pk, submission.pk, link.pk)
    assert stored.link.submission == submission
    # What the database has filled in is asked for when it is wanted.
    assert message.due_at == stored.due_at
    assert message.due_at is not None
    assert [row._state.adding for row in (submission, link, message)] == [False] * 3


def test_they_hold_what_save_would_have_written():
    brochure = builders.brochure()
    saved, inserted = new_submission(brochure), new_submission(brochure)
    saved.save()
    insert_rows([inserted])
    assert values(inserted) == values(saved)
    assert Submission.objects.get(pk=inserted.pk).search_text
    one = BrochureMessage.objects.create(kind="brochure", to="a@example.com", submission=saved)
    other = BrochureMessage(kind="brochure", to="a@example.com", submission=saved)
    insert_rows([other])
    assert values(other) == values(one)


def test_what_stands_beside_says_its_words_and_goes_with_the_rest():
    brochure = builders.brochure()
    said = insert_rows(
        [new_submission(brochure)], Beside("SELECT unnest(%s::int[]) AS said", [[2, 3]]), Beside("SELECT 'x' AS said")
    )
    assert said == [[2, 3], ["x"]]
    assert insert_rows([], Beside("SELECT 1 AS said")) == [[1]]
    assert insert_rows([]) == []


def test_constraints_hold_and_nothing_is_left():
    brochure = builders.brochure()
    first = new_submission(brochure)
    insert_rows([first])
    twice = new_submission(brochure)
    twice.key = first.key
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows([new_submission(brochure), twice])
    assert Submission.objects.get() == first


def test_a_stored_row_is_refused():
    submission = new_submission(builders.brochure())
    insert_rows([submission])
    with pytest.raises(ValueError, match="stored already"):
        insert_rows([submission])


def test_a_statement_that_comes_again_is_prepared_and_what_changes_goes_beside_it():
    brochure = builders.brochure()
    names = ["50% of {all} 'quays' $1 %s", "前海"]
    for name in names:
        insert_rows([new_submission(brochure, name=name)])

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%%partners_submission%%'")
        (statement,) = cursor.fetchall()
    assert "$1" in statement[0]
    assert not any(name in statement[0] for name in names)
    assert list(Submission.objects.order_by("pk").values_list("name", flat=True)) == names


def test_where_the_database_is_told_to_prepare_nothing_rows_are_stored_all_the_same(monkeypatch):
    brochure = builders.brochure()
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)

    insert_rows([new_submission(brochure)])

    assert Submission.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%RETURNING%%'")
        assert cursor.fetchone() == (0,)


def test_what_stands_beside_may_name_the_number_of_a_new_row_and_of_a_stored_one():
    submission = new_submission(builders.brochure())
    numbers = Beside(f"SELECT {NUMBER} AS said", of=submission, name="numbers")
    doubled = Beside("SELECT 2 * said AS said FROM numbers")
    [[number], [twice]] = insert_rows([submission], numbers, doubled)
    assert (number, twice) == (submission.pk, 2 * submission.pk)
    assert insert_rows([], numbers) == [[submission.pk]]


def test_what_is_empty_by_itself_is_not_written():
    with statements() as asked:
        insert_rows([new_submission(builders.brochure(), name="")])
    [statement] = [one for one in asked if one.sql.startswith("WITH row_0")]
    assert '"name"' in statement.sql
    assert not [name for name in ('"erased_at"', '"quarantined_at"', '"article_id"') if name in statement.sql]
    assert None not in statement.values
