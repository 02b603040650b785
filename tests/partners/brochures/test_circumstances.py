"""partners/brochures/circumstances.py: what is known beside the answers, and never kept in the clear."""

import logging

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from partners.brochures import form_key
from partners.brochures.circumstances import TRAP_FIELD, Circumstances, circumstances_of
from partners.brochures.form_key import new_key
from partners.brochures.proof_of_work import PROOF_FIELD
from partners.brochures.submission import Submission
from tests import builders
from tests.partners.brochures.test_proof_of_work import solution


def circumstances(remote="203.0.113.9", **fields):
    return circumstances_of(RequestFactory().post("/", fields, REMOTE_ADDR=remote))


def test_form_as_a_person_sends_it(monkeypatch):
    start = form_key.now()
    monkeypatch.setattr(form_key, "now", lambda: start)
    key = new_key()
    monkeypatch.setattr(form_key, "now", lambda: start + 12)
    found = circumstances(key=key, **{TRAP_FIELD: "", PROOF_FIELD: ""})
    assert found.seconds == pytest.approx(12, abs=0.002)
    assert (found.network, found.is_trapped, found.is_proven) == ("203.0.113.0/24", False, False)


def test_signs(settings):
    settings.FORM_PROOF_BITS = 8
    key = new_key()
    found = circumstances(key=key, **{TRAP_FIELD: " ", PROOF_FIELD: solution(key, 8)})
    assert (found.is_trapped, found.is_proven) == (True, True)


def test_form_that_says_nothing():
    assert circumstances(remote="") == Circumstances()


@pytest.mark.django_db
def test_visitor_s_address_on_the_network_is_written_nowhere(caplog):
    page = builders.request_page()
    visitor = Client(REMOTE_ADDR="198.51.100.77", HTTP_X_FORWARDED_FOR="192.0.2.44")
    fields = {"name": "Reader", "email": "reader@example.com", "company": "", "article": ""}
    with caplog.at_level(logging.DEBUG):
        for trap in ("", "filled in"):
            visitor.get(page.url)
            assert visitor.post(page.url, {**fields, "key": new_key(), TRAP_FIELD: trap}).status_code == 303
        visitor.post(page.url, {**fields, "key": "none"})
        visitor.generic("POST", page.url, b"x", content_type="text/plain; charset=nonsense")
    assert Submission.objects.count() == 2
    everything = caplog.text
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT string_agg(row::text, chr(10)) FROM "{table}" AS row')
            everything += cursor.fetchone()[0] or ""
    assert "reader@example.com" in everything
    for trace in ("198.51.100", "192.0.2."):
        assert trace not in everything
