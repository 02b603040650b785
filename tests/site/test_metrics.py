"""qianhai_site/metrics.py: a monitor reads the mail's state, and nobody else learns that it could."""

import pytest
from django.db import InterfaceError, connection
from prometheus_client.parser import text_string_to_metric_families

from partners.delivery.message import OutgoingMessage, in_seconds

pytestmark = pytest.mark.django_db

TOKEN = "a-token-of-the-tests"


def read(client, authorization: str = f"Bearer {TOKEN}"):
    return client.get("/metrics", headers={"authorization": authorization})


def test_metrics_say_what_waits(client, settings):
    settings.METRICS_TOKEN = TOKEN
    OutgoingMessage.objects.create(kind="note", to="reader@example.com", due_at=in_seconds(-1000))
    response = read(client)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    text = response.content.decode()
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["mail_messages", "queued"] == 1
    assert samples["mail_messages", "sent"] == 0
    assert 1000 <= samples["mail_due_seconds",] < 1100
    assert samples["mail_problem", "stuck"] == samples["mail_problem", "no_worker"] == 1
    assert samples["mail_attempts", "refused"] == 0
    assert samples["mail_workers",] == 0
    assert ("mail_worker_seen_seconds",) not in samples
    assert "example.com" not in text


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer another", TOKEN, f"Basic {TOKEN}", "Bearer \u00e9"])
def test_without_the_token_there_is_no_such_address(client, settings, authorization):
    settings.METRICS_TOKEN = TOKEN
    assert read(client, authorization).status_code == 404


def test_without_the_setting_no_token_opens_it(client, settings):
    settings.METRICS_TOKEN = ""
    for authorization in ("", "Bearer ", "Bearer"):
        assert read(client, authorization).status_code == 404


def test_metrics_without_a_database_are_unavailable(client, settings, monkeypatch):
    settings.METRICS_TOKEN = TOKEN

    def refuse():
        raise InterfaceError

    monkeypatch.setattr(connection, "cursor", refuse)
    response = read(client)
    assert (response.status_code, response.content) == (503, b"database unreachable\n")
