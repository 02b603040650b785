"""brochures/person.py and forget_request.py: a person is found without reading what is of all others."""

import re

import pytest
from django.db import connection

from partners.brochures.forgetting import holdings
from partners.brochures.person import requests_of
from tests.partners.plans import plans_of

pytestmark = pytest.mark.django_db

TABLES = ("partners_submission", "partners_outgoingmessage", "partners_brochuremessage")
READ_WHOLE = re.compile(r"Seq Scan on (partners_submission|partners_outgoingmessage)\b")


@pytest.fixture
def many(make_submission):
    return [make_submission() for _ in range(600)]


def test_requests_of_a_mailbox_are_found_by_indexes(many):
    with connection.cursor() as cursor:
        # Of so few, the database may rather read all; what no index answers, it reads in any case.
        cursor.execute("SET LOCAL enable_seqscan = off")
    plans = "\n".join(plans_of(lambda: requests_of(many[7].email), *TABLES))
    assert not READ_WHOLE.search(plans), plans
    assert "submission_email_not_ascii" in plans
    assert "outgoing_message_to_not_ascii" in plans


def test_what_is_held_of_a_request_is_counted_by_indexes(many):
    ids = [many[7].pk]
    plans = "\n".join(plans_of(lambda: [held.count(ids, many[7].email) for held in holdings()], *TABLES))
    assert not READ_WHOLE.search(plans), plans


def test_an_address_that_is_not_ascii_is_found_among_them(many, make_submission):
    one = make_submission(email="info@前海.example")
    assert requests_of("INFO@xn--ldr157d.example") == requests_of("info@前海.example") == [one.pk]
