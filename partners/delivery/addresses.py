"""Where is the mail server, told in time? The resolver knows no deadline and cannot be called back."""

import queue
import socket
import threading
from typing import Any

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
