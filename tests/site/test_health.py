"""qianhai_site/health.py: alive and ready are two questions."""

import pytest
from django.db import InterfaceError, OperationalError, connection

from partners.delivery.message import OutgoingMessage, in_seconds
from partners.delivery.watch import Problem, look


@pytest.mark.django_db
def test_ready_with_a_database(client):
    response = client.get("/health/ready")
    assert (response.status_code, response.content) == (200, b"ready\n")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_not_ready_without_a_database_but_alive(client, monkeypatch, error):
    def refuse():
        raise error

    monkeypatch.setattr(connection, "cursor", refuse)
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/serving").status_code == 503
    assert client.get("/health/live").status_code == 200


@pytest.mark.django_db
def test_stuck_mail_is_not_ready_and_stops_no_page(client, settings):
    OutgoingMessage.objects.create(kind="note", to="reader@example.com", due_at=in_seconds(-901))
    response = client.get("/health/ready")
    assert (response.status_code, response.content) == (
        503,
        b"mail waits longer than 900 s: mail is due and nobody sends it\n",
    )
    assert client.get("/health/serving").status_code == 200
    settings.DELIVERY_STUCK_SECONDS = 1000
    assert client.get("/health/ready").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/ready", "/health/serving"])
def test_a_probe_costs_one_query(client, path, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(path)


@pytest.mark.django_db
def test_a_database_that_only_reads_is_told_to_monitors_and_takes_nobody_out(client):
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    response = client.get("/health/ready")
    assert (response.status_code, response.content) == (
        503,
        b"the database only reads, so that no form is taken and no mail sent\n",
    )
    serving = client.get("/health/serving")
    assert (serving.status_code, serving.content) == (200, b"serving, and the database only reads\n")
    assert client.get("/health/live").status_code == 200
    assert look().problems[0] is Problem.READ_ONLY
