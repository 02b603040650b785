"""partners/brochures/form_write.py: whatever becomes of forms that are written together, their connection goes on."""

import threading

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from partners.brochures import form_write
from partners.brochures.form_write import FormWrite
from partners.brochures.intake import accept_request
from partners.brochures.submission import Submission
from tests.faults.waiting import wait_until
from tests.partners.brochures.elsewhere import holding
from tests.partners.brochures.test_form_write import HERE, asked, gathered

pytestmark = pytest.mark.usefixtures("forgotten")


def test_what_cannot_even_be_sent_leaves_no_transaction_open_into_which_the_next_would_be_written(committed_page):
    writes = gathered(*asked(committed_page, "ann", "bea"))
    writes[1].rows[0].name = "no text of PostgreSQL\0"
    with pytest.raises(DatabaseError):
        FormWrite.carry_out(writes)
    [next_one] = asked(committed_page, "cleo")
    accept_request(next_one, HERE)
    connection.close()
    assert [submission.email for submission in Submission.objects.all()] == ["cleo@example.com"]


def test_what_the_database_refuses_early_is_not_logged_by_the_driver(committed_page, caplog):
    """It would say of each statement after that one that it was not carried out."""
    [first] = asked(committed_page, "aaa")
    accept_request(first, HERE)
    for number in range(8):
        names = [f"{'abcdefgh'[number]}{letter * 5}" for letter in "abcdefghijklmn"]
        writes = gathered(first, *asked(committed_page, *names))
        with pytest.raises(IntegrityError):
            FormWrite.carry_out(writes)
    assert caplog.messages == []


def test_whoever_comes_next_has_another_connection_where_this_one_was_ended(committed_page, monkeypatch):
    """Also within the request that had the others written first."""
    monkeypatch.setattr(form_write, "LOCK_SECONDS", 30)
    writes = gathered(*asked(committed_page, "ann", "bea"))
    [next_one] = asked(committed_page, "cleo")
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid

    def end():
        wait_until(lambda: waits_for_a_lock(pid), 30, "it waits for the mailbox")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        connection.close()

    ends = threading.Thread(target=end)
    with holding("bea@example.com"):
        ends.start()
        with pytest.raises(OperationalError):
            FormWrite.carry_out(writes)
    ends.join(30)
    accept_request(next_one, HERE)
    assert [submission.email for submission in Submission.objects.all()] == ["cleo@example.com"]


def waits_for_a_lock(pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", [pid])
        return cursor.fetchall() == [(True,)]


def test_several_are_never_written_into_somebodys_transaction(committed_page):
    """Their COMMIT would end it."""
    writes = gathered(*asked(committed_page, "ann", "bea"))
    with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        FormWrite.carry_out(writes)
    assert not Submission.objects.exists()


def test_a_commit_that_the_server_answers_by_a_rollback_is_none(committed_page, monkeypatch):
    """As it does where a statement before has failed, without calling the COMMIT an error."""
    writes = gathered(*asked(committed_page, "ann", "bea"))
    execute = psycopg.Connection.execute

    def rolled_back(driven, query, *rest, **options):
        return execute(driven, "ROLLBACK" if query == "COMMIT" else query, *rest, **options)

    with monkeypatch.context() as changed:
        changed.setattr(psycopg.Connection, "execute", rolled_back)
        with pytest.raises(OperationalError, match="rolled back"):
            FormWrite.carry_out(writes)
    assert not Submission.objects.exists()
    FormWrite.carry_out(gathered(*asked(committed_page, "cleo", "dora")))
    assert Submission.objects.count() == 2


def test_where_a_transaction_cannot_even_be_rolled_back_whoever_comes_next_has_another_connection(
    committed_page, monkeypatch
):
    """The line breaks just then."""
    writes = gathered(*asked(committed_page, "ann", "bea"))
    writes[1].rows[0].name = "no text of PostgreSQL\0"

    def broken(_driven):
        raise psycopg.OperationalError("the line broke")

    with monkeypatch.context() as changed:
        changed.setattr(psycopg.Connection, "rollback", broken)
        with pytest.raises(DatabaseError, match="NUL"):
            FormWrite.carry_out(writes)
    FormWrite.carry_out(gathered(*asked(committed_page, "cleo", "dora")))
    connection.close()
    assert Submission.objects.count() == 2
