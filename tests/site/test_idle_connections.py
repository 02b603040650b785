"""qianhai_site/idle_connections.py: a connection that the server has ended is noticed; no other costs a question."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import RequestFactory

from qianhai_site import idle_connections
from qianhai_site.idle_connections import IdleConnectionsMiddleware, is_quiet
from tests.faults.waiting import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(monkeypatch) -> Iterator[Any]:
    """Give a connection as Django leaves it between two requests, the only one that there is."""
    # The test's own is kept in a transaction.
    other = connections["default"].copy()
    other.inc_thread_sharing()
    monkeypatch.setattr(idle_connections, "connections", SimpleNamespace(all=lambda **_: [other]))
    monkeypatch.setitem(other.settings_dict, "CONN_HEALTH_CHECKS", True)
    other.connect()
    other.health_check_done = False
    yield other
    other.close()


@pytest.fixture
def questions(monkeypatch, connection) -> list[str]:
    """Give what Django asks the server before a request's first query."""
    asked: list[str] = []
    is_usable = connection.is_usable

    def ask() -> bool:
        asked.append("Are you there?")
        return bool(is_usable())

    monkeypatch.setattr(connection, "is_usable", ask)
    return asked


def backend_of_request(connection: Any) -> int:
    """Return which process of the server answers a request that comes now."""
    answered = []

    def answer(request: Any) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            answered.extend(cursor.fetchone())
        return HttpResponse()

    IdleConnectionsMiddleware(answer)(RequestFactory().get("/"))
    return int(answered[0])


def test_a_connection_that_is_well_is_used_without_a_question(connection, questions):
    assert backend_of_request(connection) == connection.connection.info.backend_pid
    assert questions == []


def test_a_connection_that_was_ended_is_replaced(connection, questions):
    ended = connection.connection
    pid = ended.info.backend_pid
    with psycopg.connect(ended.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    wait_until(lambda: not is_quiet(ended.pgconn), 10, "the server's last words arrive")

    assert backend_of_request(connection) != pid
    assert questions == ["Are you there?"]


def test_a_connection_in_a_transaction_is_not_called_quiet(connection):
    assert is_quiet(connection.connection.pgconn)
    connection.set_autocommit(False)
    connection.cursor().execute("SELECT 1")
    assert not is_quiet(connection.connection.pgconn)


def test_without_a_connection_there_is_nothing_to_look_at(connection, questions):
    connection.close()
    assert backend_of_request(connection) > 0
    assert questions == []
