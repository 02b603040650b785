"""How is a connection made in time? The resolver knows no deadline and cannot be called back."""

import queue
import socket
import threading
from typing import Any

from partners.delivery.outside import Conversation

Address = tuple[int, int, int, str, Any]


def addresses_of(host: str, port: int, seconds: float) -> list[Address]:
    """Return what socket.getaddrinfo() says of `host` and `port` for streams.

    Raises TimeoutError after `seconds`, and whatever the resolver raises: socket.gaierror for an unknown name.
    """
    answers: queue.SimpleQueue[list[Address] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except OSError as error:
            answers.put(error)

    # A thread that is still waiting when we are not any more ends by itself, when the resolver gives up.
    threading.Thread(target=ask, name="name look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty as error:
        raise TimeoutError("The mail server's name could not be looked up in time.") from error
    if isinstance(answer, OSError):
        raise answer
    return answer


def connect(conversation: Conversation, host: str, port: int, timeout: float | None) -> socket.socket:
    """Connect to one address of `host` after the other, while there is time left, and let `conversation` reach it.

    `timeout` bounds each attempt, and is the socket's own afterwards. Raises OSError of the last address,
    TimeoutError where there was no time for any.
    """
    refusal: OSError | None = None
    for family, kind, protocol, _, address in addresses_of(host, port, conversation.seconds_left):
        if conversation.seconds_left == 0:
            break
        connection = socket.socket(family, kind, protocol)
        try:
            conversation.watch(connection)
            connection.settimeout(min(timeout or conversation.seconds_left, conversation.seconds_left))
            connection.connect(address)
            connection.settimeout(timeout)
        except OSError as error:
            connection.close()
            refusal = error
        else:
            return connection
    raise refusal or TimeoutError("No connection in time.")
