"""From which network did a request come? Known for the moment of the request only, and never written down."""

import ipaddress
import logging

from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger(__name__)

# What one customer of a provider usually has: an IPv4 address changes within its /24, and an IPv6 line gets a /48
# or a part of one (RFC 6177).
IPV4_PREFIX = 24
IPV6_PREFIX = 48

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def network_of(request: HttpRequest) -> str:
    """Return the network that `request` came from, such as 203.0.113.0/24; empty where that cannot be told.

    Behind TRUSTED_PROXIES proxies, each of which appends to X-Forwarded-For, the visitor is the entry that the
    outermost of them wrote; everything to its left is the visitor's own claim and is not looked at. With none,
    the header is not looked at: anybody can send one.
    """
    remote = _address(str(request.META.get("REMOTE_ADDR", "")))
    entries = [entry.strip() for entry in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    forwarded = [entry for entry in entries if entry]
    proxies: int = settings.TRUSTED_PROXIES
    visitor: Address | None
    if proxies and len(forwarded) >= proxies:
        visitor = _address(forwarded[-proxies])
    elif (proxies or forwarded) and (remote is None or not remote.is_global):
        # A proxy that says nothing, or that we were not told of: all its visitors would count as one network.
        logger.warning("TRUSTED_PROXIES does not fit the proxies that requests come over: networks are not told apart.")
        visitor = None
    else:
        visitor = remote
    return "" if visitor is None else _network(visitor)


def _address(text: str) -> Address | None:
    """Return the address in `text`, which may carry a port (some proxies write one) or a zone; None for none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(address: Address) -> str:
    prefix = IPV4_PREFIX if address.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network((address, prefix), strict=False))
