"""To which machines may webhooks go? To public ones, so that nobody makes us knock at doors inside our own network."""

import ipaddress
import queue
import socket
import threading

from django.conf import settings
from django.utils.encoding import punycode

from partners.delivery.recipient_domain import ascii_domain, has_another_domain

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NoAddress(Exception):  # noqa: N818  named for what happened
    """The name leads nowhere, or nobody said in time where to."""


class NotPublic(Exception):  # noqa: N818  named for what happened
    """The name leads to a machine that is not of the public internet."""


def is_allowed(address: Address, *, loopback: bool = False) -> bool:
    """Say whether webhooks may go to `address`: public, or within WEBHOOK_NETWORKS, or `loopback` where that is true.

    An address that wraps another (IPv4 in IPv6) is judged by the one inside.
    """
    inner = getattr(address, "ipv4_mapped", None)
    if inner is not None:
        return is_allowed(inner, loopback=loopback)
    if loopback and address.is_loopback:
        return True
    if any(address in ipaddress.ip_network(network) for network in settings.WEBHOOK_NETWORKS):
        return True
    # 6to4 and Teredo carry an IPv4 address that a relay would knock at; the rest of ::/8 (NAT64 too) is reserved.
    if getattr(address, "sixtofour", None) or getattr(address, "teredo", None):
        return False
    # Site-local (fec0::/10, RFC 3879) is no address of the world, whatever Python says.
    is_of_a_site = getattr(address, "is_site_local", False) or address.is_link_local
    return address.is_global and not (address.is_multicast or address.is_reserved or is_of_a_site)


def ascii_host(host: str) -> str:
    """Return `host` as the network writes it: by IDNA 2008 where that means another host than IDNA 2003, else as both.

    Raises UnicodeError where it can be none.
    """
    return ascii_domain(host) if has_another_domain(host) else punycode(host)


def addresses_of(host: str, port: int, seconds: float, *, loopback: bool = False) -> list[str]:
    """Return the addresses of `host` to connect to, found within `seconds`.

    All of them must be allowed: a name that leads inside as well is refused altogether. Raises NoAddress, NotPublic.
    """
    found = _look_up(host, port, seconds)
    for text in found:
        if not is_allowed(ipaddress.ip_address(text.partition("%")[0]), loopback=loopback):
            raise NotPublic(host)
    return found


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """Ask the system's resolver, in a thread that may outlive the wait: it knows no time limit."""
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, name="webhook look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty as error:
        raise NoAddress(host) from error
    if isinstance(answer, Exception) or not answer:
        raise NoAddress(host)
    return answer
