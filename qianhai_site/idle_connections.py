"""Is a connection that lay idle since the last request still alive? The operating system is asked first.

Django asks the server before a request's first query (CONN_HEALTH_CHECKS), which is a conversation for each request. A
server that has ended a connection, or was restarted, has said so on it: there is something to be read. Where nothing
is, a question to the server would tell no more than the first query does.
"""

import select
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponseBase
from psycopg.pq import ConnStatus, TransactionStatus


class IdleConnectionsMiddleware:
    """Spares connections Django's question on which nothing was said meanwhile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        known: Sequence[Any] = connections.all(initialized_only=True)
        for connection in known:
            if connection.connection is not None and is_quiet(connection.connection.pgconn):
                connection.health_check_done = True
        return self.get_response(request)


def is_quiet(pgconn: Any) -> bool:
    """Say whether an idle connection of libpq is in order as far as this machine knows, without asking the server."""
    if pgconn.status != ConnStatus.OK or pgconn.transaction_status != TransactionStatus.IDLE:
        return False
    said = select.poll()
    said.register(pgconn.socket, select.POLLIN)
    return not said.poll(0)
