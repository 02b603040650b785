"""partners/brochures/form_write.py and intake.py: locks of others hold no form up for long, nor end one for good."""

import threading
from contextlib import ExitStack
from datetime import timedelta
from time import monotonic

import pytest
from django.db import InternalError, OperationalError, connection, transaction
from django.utils import timezone

from partners.brochures import form_write
from partners.brochures.consent_lock import hold_mailbox
from partners.brochures.form_write import FormWrite
from partners.brochures.intake import accept_request
from partners.brochures.limits import FORGOTTEN_AFTER, Allowance, forget_old_allowances
from partners.brochures.submission import Submission
from tests.faults.waiting import wait_until
from tests.partners.brochures.elsewhere import holding, open_elsewhere
from tests.partners.brochures.test_form_write import HERE, asked, gathered

pytestmark = [pytest.mark.usefixtures("forgotten"), pytest.mark.timeout(120)]


def waits_for_a_lock(pid, seconds=0.0):
    """Say whether the connection `pid` has waited for a lock for so long, asked over the caller's connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted"
            " AND clock_timestamp() - waitstart >= make_interval(secs => %s)",
            [pid, seconds],
        )
        return cursor.fetchone() == (1,)


def own_pid():
    connection.ensure_connection()
    return connection.connection.info.backend_pid


def test_one_lock_after_the_other_holds_a_group_up_for_no_longer_than_one(committed_page, monkeypatch):
    """The database itself counts for each lock anew."""
    monkeypatch.setattr(form_write, "LOCK_SECONDS", 2.0)
    writes = gathered(*asked(committed_page, "ann", "bea"))
    pid = own_pid()
    with ExitStack() as first, holding("bea@example.com"):
        first.enter_context(holding("ann@example.com"))

        def let_go():
            wait_until(lambda: waits_for_a_lock(pid, 1.5), 30, "it has waited for the first one")
            connection.close()
            first.close()

        lets_go = threading.Thread(target=let_go)
        lets_go.start()
        began = monotonic()
        with pytest.raises(OperationalError):
            FormWrite.carry_out(writes)
        lasted = monotonic() - began
        lets_go.join(30)
    assert 1.5 < lasted < 3.0
    assert not Submission.objects.exists()


def test_one_alone_waits_for_what_comes_first_too_and_whoever_comes_next_for_his_own(committed_page, monkeypatch):
    """The same form is being stored by another process: its row is waited for before the mailbox."""
    monkeypatch.setattr(form_write, "LOCK_SECONDS", 0.1)
    [ann] = asked(committed_page, "ann")
    writes = gathered(ann)
    with open_elsewhere(lambda: accept_request(ann, HERE)), pytest.raises(OperationalError):
        FormWrite.carry_out(writes)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
    FormWrite.carry_out(gathered(*asked(committed_page, "bea")))
    assert sorted(Submission.objects.values_list("email", flat=True)) == ["ann@example.com", "bea@example.com"]


def test_whom_the_database_ends_so_that_another_may_go_on_is_taken_once_more(committed_page):
    """They wait for each other in a circle: another holds what is counted, and then wants the mailbox."""
    [ann] = asked(committed_page, "ann")
    pid = own_pid()
    with connection.cursor() as cursor:
        # Who looks first for a circle is ended. The other one never does.
        cursor.execute("SET deadlock_timeout = '3s'")
    holds = threading.Event()
    failed = []

    def turn_round():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL deadlock_timeout = '1h'")
                cursor.execute("SELECT FROM partners_allowance FOR UPDATE")
                holds.set()
                wait_until(lambda: waits_for_a_lock(pid), 30, "the form waits")
                hold_mailbox("ann@example.com")
        except Exception as error:  # noqa: BLE001  asserted on below
            failed.append(error)
        finally:
            connection.close()

    # So that there is something to be counted in.
    accept_request(asked(committed_page, "before")[0], HERE)
    other = threading.Thread(target=turn_round)
    other.start()
    assert holds.wait(30)
    try:
        accept_request(ann, HERE)
    finally:
        other.join(30)
        connection.close()
    assert failed == []
    assert Submission.objects.filter(email="ann@example.com").count() == 1


def test_old_counts_are_forgotten_without_waiting_for_whoever_counts(committed_page):
    """Who waits for several, which lie in no order, might wait in a circle with a form."""
    accept_request(asked(committed_page, "ann")[0], HERE)
    Allowance.objects.update(touched_at=timezone.now() - FORGOTTEN_AFTER - timedelta(minutes=1))
    rows = Allowance.objects.count()
    with open_elsewhere(lambda: Allowance.objects.select_for_update().get(scope="mails")):
        began = monotonic()
        assert forget_old_allowances() == rows - 1
        assert monotonic() - began < 10
    assert forget_old_allowances() == 1


@pytest.mark.parametrize("names", [["ann"], ["ann", "bea"]], ids=["one", "two"])
def test_where_a_server_only_reads_the_next_form_is_written_over_a_new_connection(committed_page, names):
    writes = gathered(*asked(committed_page, *names))
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    with pytest.raises(InternalError):
        FormWrite.carry_out(writes)
    FormWrite.carry_out(gathered(*asked(committed_page, "cleo", "dora")))
    assert Submission.objects.count() == 2
