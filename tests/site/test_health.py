"""qianhai_site/health.py: alive and ready are two questions."""

import pytest
from django.db import OperationalError, connection


@pytest.mark.django_db
def test_ready_with_a_database(client):
    response = client.get("/health/ready")
    assert (response.status_code, response.content) == (200, b"ready\n")
    assert "no-store" in response.headers["Cache-Control"]


def test_not_ready_without_a_database_but_alive(client, monkeypatch):
    def refuse():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", refuse)
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200
