"""partners/brochures/repeating.py: what the log says was wanted is done once more on a restored database."""

import io
import logging

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from partners.brochures.consent_record import ConsentRecord, ConsentState, Means
from partners.brochures.consent_suppression import Suppression
from partners.brochures.consent_wording import Purpose
from partners.brochures.erasing import erase_person, erase_requests
from partners.brochures.repeating import Kind, Wish, read_wishes
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import withdraw
from qianhai_site.settings.logs import LOGGING
from tests.partners.brochures.asking import EVERYTHING, ask, asking_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    return asking_page(**EVERYTHING)


@pytest.fixture
def written(caplog):
    """Return a reader of the log, written as the settings write it."""
    caplog.set_level(logging.INFO)
    form = LOGGING["formatters"]["line"]
    caplog.handler.setFormatter(logging.Formatter(form["format"], style=form["style"]))
    return lambda: caplog.text


def lost(act):
    """Do what a restore undoes: of what is committed, only the log is left."""
    before, mark = len(connection.run_on_commit), transaction.savepoint_create()
    act()
    hooks = [hook for _savepoints, hook, _robust in connection.run_on_commit[before:]]
    transaction.savepoint_rollback(mark)
    for hook in hooks:
        hook()


def repeat(monkeypatch, text, *arguments):
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    call_command("repeat_wishes", *arguments, stdout=out)
    return out.getvalue()


def state_of(submission, purpose):
    return ConsentRecord.objects.get(submission=submission, purpose=purpose).state


def test_a_withdrawal_is_repeated_for_the_address(monkeypatch, page, written):
    first, second = (ask(page, "news", "handover", email="ada@example.com") for _ in range(2))
    lost(lambda: withdraw(first, [Purpose.NEWS], how=Means.SELF_SERVICE))
    assert state_of(first, Purpose.NEWS) != ConsentState.WITHDRAWN
    assert "ada@" not in written()
    report = repeat(monkeypatch, written())
    assert {state_of(each, Purpose.NEWS) for each in (first, second)} == {ConsentState.WITHDRAWN}
    assert state_of(first, Purpose.HANDOVER) != ConsentState.WITHDRAWN
    assert Suppression.objects.exists()
    assert f"{first.reference}  news withdrawn" in report
    assert "       2  known to this database already" in repeat(monkeypatch, written())


def test_an_erasure_is_repeated_for_the_request_or_the_person(monkeypatch, page, written):
    one, other, also_others = (ask(page, email=f"{name}@example.com") for name in ("ada", "bob", "bob"))
    lost(lambda: erase_requests(Submission.objects.filter(pk=one.pk), by=None))
    lost(lambda: erase_person("bob@example.com", by=None))
    assert Submission.objects.exclude(email="").count() == 3
    text = written()
    assert "       3  done once more" in repeat(monkeypatch, text, "--dry-run")
    assert Submission.objects.exclude(email="").count() == 3
    repeat(monkeypatch, text)
    assert not Submission.objects.filter(pk__in=[one.pk, other.pk, also_others.pk]).exclude(email="").exists()


def test_a_request_that_was_lost_with_the_database_is_named(monkeypatch):
    line = "2026-11-29 14:00:00,001 INFO partners.brochures.erasing: Request QH-LOST-0001: erased.\n"
    assert "QH-LOST-0001  erased: missing" in repeat(monkeypatch, line)


def test_what_a_visitor_sent_is_no_wish():
    line = "2026-11-29 14:00:00,001 INFO partners.brochures.erasing: Request QH-AAAA-0001: erased."
    assert read_wishes([line]) == [Wish("QH-AAAA-0001", Kind.REQUEST)]
    assert read_wishes([f"2026-11-29 14:00:00,001 WARNING django.request: Not Found: /{line}", f"{line} No."]) == []
