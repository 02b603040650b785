"""A DNS server on 127.0.0.1 that knows what a test tells it."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset

# Texts under a name; None: the name is broken (SERVFAIL). What is not named does not exist (NXDOMAIN).
Zone = Mapping[str, list[str] | None]


@contextmanager
def running_dns(zone: Zone, *, silent: bool = False) -> Iterator[str]:
    """Answer questions for TXT from `zone` while the block runs, or none where `silent`; give host:port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, connection = self.request
            if not silent:
                connection.sendto(answer(zone, data), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(5)


def answer(zone: Zone, question: bytes) -> bytes:
    """Return the answer to the packet `question`."""
    asked = dns.message.from_wire(question)
    response: Any = dns.message.make_response(asked)
    response.flags |= dns.flags.RA
    name = asked.question[0].name
    key = name.to_text(omit_final_dot=True).lower()
    if key not in zone:
        response.set_rcode(dns.rcode.NXDOMAIN)
    elif (texts := zone[key]) is None:
        response.set_rcode(dns.rcode.SERVFAIL)
    elif texts:
        response.answer.append(dns.rrset.from_text_list(name, 60, "IN", "TXT", [quoted(text) for text in texts]))
    wire: bytes = response.to_wire()
    return wire


def quoted(text: str) -> str:
    """Return `text` as zone files hold it: in pieces of at most 255 letters."""
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, max(len(text), 1), 255))
