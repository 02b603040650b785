"""Which ports are free, and what does a person do about one that is not?"""

import contextlib
import errno
import os
import random
import socket

import psutil

from . import LocalError

# Ports from 32768 on are given to outgoing connections at any moment.
SEARCHED = range(20_000, 32_768)
# Two processes that began with one seed, as tests side by side do, must not take the same ports.
_random = random.SystemRandom()
# By port: the descriptor of a socket of UDP with the same number, where nobody listens. Ends with this process.
_kept: dict[int, int] = {}


def claim(host: str, port: int, *, purpose: str, remedy: str) -> None:
    """Make sure that `port` (a number) can be listened on.

    Raises LocalError, naming the port, its `purpose`, who holds it where that can be seen, and the `remedy`.
    """
    problem = _problem(host, port)
    if problem is None:
        return
    if problem == errno.EADDRINUSE:
        raise LocalError(f"Port {port} ({purpose}) is in use{_holder(port)}: {remedy}")
    reason = errno.errorcode.get(problem, str(problem))
    raise LocalError(f"Port {port} ({purpose}) cannot be used on {host} ({reason}): choose another PORT or HOST.")


def free(host: str = "127.0.0.1") -> int:
    """Return a port of `host` that nobody listens on now, and no process was given that still runs.

    Whoever is given one listens on it later, perhaps again and again. Raises LocalError where none is left.
    """
    for port in _random.sample(SEARCHED, 200):
        if _keep(port):
            if _problem(host, port) is None:
                return port
            os.close(_kept.pop(port))
    raise LocalError(f"No free port was found on {host}.")


def _keep(port: int) -> bool:
    """Keep `port` for this process, and say whether it was nobody's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mark:
        try:
            mark.bind(("127.0.0.1", port))
        except OSError:
            return False
        _kept[port] = mark.detach()
    return True


def _problem(host: str, port: int) -> int | None:
    """Return the error number of listening on `port`, None where it works."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # A connection that was closed a moment ago does not keep a server from its port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        return error.errno or errno.EADDRNOTAVAIL
    except OverflowError:
        return errno.EINVAL
    return None


def _holder(port: int) -> str:
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and tuple(connection.laddr)[1:2] == (port,)
            if listens and connection.pid:
                return f" by process {connection.pid} ({psutil.Process(connection.pid).name()})"
    return ""
