"""A provider's API on 127.0.0.1: it takes messages, or fails as a test tells it to."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What is said to a call; `headers` beside those that every answer has."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()

    def content(self) -> bytes:
        """Return the body's bytes: JSON, unless it is text."""
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass(frozen=True)
class Call:
    """A call that came: its path, headers and body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """Return the body, read as JSON."""
        read: dict[str, Any] = json.loads(self.body)
        return read


class FallSilent:
    """Hear the call and say nothing, until the server is stopped."""


class Drip:
    """Say the answer's head, then one byte of its body now and then, never to an end."""


class HangUp:
    """Hear the call and cut the line."""


@dataclass
class ProviderServer:
    """Where it listens, what it says to the next call, and what it has heard."""

    url: str = ""
    says: Any = field(default_factory=Answer)
    calls: list[Call] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def treat(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one call."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.calls.append(Call(handler.path, dict(handler.headers), body))
        says = self.says(self.calls[-1]) if callable(self.says) else self.says
        if isinstance(says, FallSilent):
            self.stopping.wait(30)
        elif isinstance(says, HangUp):
            handler.close_connection = True
        elif isinstance(says, Drip):
            self._drip(handler)
        else:
            content = says.content()
            handler.send_response(says.status)
            for name, value in (("Content-Length", str(len(content))), *says.headers):
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(content)

    def _drip(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        try:
            while not self.stopping.wait(0.05):
                handler.wfile.write(b" ")
        except OSError:
            return


@contextmanager
def running_provider(
    says: Answer | Callable[[Call], Answer] | Any = None, tls: ssl.SSLContext | None = None
) -> Iterator[ProviderServer]:
    """Run a provider while the block runs, over HTTPS where it is given a certificate by `tls`."""
    provider = ProviderServer(says=says or Answer())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            provider.treat(self)

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: Any) -> None:
            """A client that hangs up is what some tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        provider.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}/"
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        serving.start()
        try:
            yield provider
        finally:
            provider.stopping.set()
            server.shutdown()
            serving.join(5)
