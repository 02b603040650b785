"""How does a call to a provider keep to a conversation's deadline?"""

import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from partners.delivery.addresses import connect
from partners.delivery.outside import Conversation


def hold_to(conversation: Conversation, session: requests.Session) -> None:
    """Let `conversation` reach every connection that `session` opens, from the look-up of its name on.

    A timeout of requests bounds each operation on the socket only: a server that sends a byte now and then would
    hold a worker for ever. Redirects are not followed: they would carry the key elsewhere.
    """
    adapter = _WatchedAdapter(conversation)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.max_redirects = 0


class _WatchedAdapter(HTTPAdapter):
    """Makes its connections, direct or by a proxy, such that the conversation watches them."""

    def __init__(self, conversation: Conversation) -> None:
        self._pools = {
            "http": _pool_of(HTTPConnectionPool, _watched(HTTPConnection, conversation)),
            "https": _pool_of(HTTPSConnectionPool, _watched(HTTPSConnection, conversation)),
        }
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the manager of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> PoolManager:
        """Return the manager of connections by a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pool_of(kind: type[HTTPConnectionPool], connection: type[HTTPConnection]) -> type[HTTPConnectionPool]:
    return type(f"Watched{kind.__name__}", (kind,), {"ConnectionCls": connection})


def _watched(kind: type[HTTPConnection], conversation: Conversation) -> type[HTTPConnection]:
    def new_connection(self: HTTPConnection) -> socket.socket:
        try:
            connection = connect(conversation, self._dns_host, self.port, float(self.timeout))  # type: ignore[arg-type]
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "No connection in time.") from error
        except OSError as error:
            raise NewConnectionError(self, f"No connection: {error}") from error
        return connection

    return type(f"Watched{kind.__name__}", (kind,), {"_new_conn": new_connection})
