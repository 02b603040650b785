"""A host that takes a connection and does not speak SMTP as it should."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def host_that(does: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen, and treat the first connection as `does` says, in a thread; give the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                does(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)
        assert not thread.is_alive(), "the client never hung up"


def stay_silent(connection: socket.socket) -> None:
    """Read until the client hangs up."""
    while connection.recv(1024):
        pass


def drip(connection: socket.socket) -> None:
    """Send the greeting a byte at a time, never to its end, until the client hangs up."""
    connection.settimeout(0.05)
    while True:
        try:
            connection.sendall(b"2")
            if not connection.recv(1024):
                return
        except TimeoutError:
            continue
        except OSError:
            return
